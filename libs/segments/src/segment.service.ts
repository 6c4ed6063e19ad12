import { Injectable } from '@nestjs/common';
import { type Condition, HASH_SPACE, namedSegments, schemeProblems, type Segments } from '@app/bucketing';
import { Database } from '@app/database';
import {
  type Actor,
  AuditLog,
  environmentAllowed,
  EnvironmentService,
  GovernanceError,
  type Page,
  pageOf,
  type PageRequest,
} from '@app/governance';
import { canonicalJson, Clock } from '@app/kernel';
import { Publisher } from '@app/registry';
import { SubjectStore } from '@app/subjects';
import { checkNesting, unknownSegment } from './domain/check-nesting.js';
import { SegmentError } from './domain/segment.errors.js';
import type { Segment, SegmentUser } from './domain/segment.js';
import { SegmentStore } from './ports/segment.store.js';

export interface SegmentInput {
  readonly key: string;
  readonly name?: string;
  readonly description?: string | null;
  readonly condition: Condition;
}

export type SegmentChanges = Partial<Omit<SegmentInput, 'key'>>;

/** A segment with who refers to it. */
export type SegmentView = Segment & { readonly usedBy: readonly SegmentUser[] };

/** Named audiences. */
@Injectable()
export class SegmentService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly environments: EnvironmentService,
    private readonly segments: SegmentStore,
    private readonly subjects: SubjectStore,
    private readonly publisher: Publisher,
  ) {}

  async create(input: SegmentInput, actor: Actor): Promise<SegmentView> {
    const now = this.clock.now();
    const segment: Segment = {
      key: input.key,
      name: input.name ?? input.key,
      description: input.description ?? null,
      condition: input.condition,
      revision: 1,
      createdBy: actor.name,
      createdAt: now,
      updatedAt: now,
    };
    return this.database.transaction(async () => {
      checkNesting(segment.condition, await this.with(segment, [segment.condition]));
      if (!(await this.segments.insert(segment))) {
        throw new SegmentError('KEY_TAKEN', `a segment "${input.key}" already exists`);
      }
      await this.record(actor, 'segment.create', segment.key, { after: segment });
      return { ...segment, usedBy: [] };
    });
  }

  async find(key: string): Promise<SegmentView> {
    const segment = await this.segments.find(key);
    if (!segment) throw unknownSegment([key]);
    return { ...segment, usedBy: await this.segments.usersOf(key) };
  }

  async list(page: PageRequest): Promise<Page<Segment>> {
    return pageOf(await this.segments.list(page), page, (segment) => segment.key);
  }

  /** The next revision; takes effect at once in every experiment and rollout that refers to it. */
  async change(key: string, revision: number, changes: SegmentChanges, actor: Actor): Promise<SegmentView> {
    return this.database.transaction(async () => {
      const before = await this.segments.findForUpdate(key);
      if (!before) throw unknownSegment([key]);
      if (before.revision !== revision) {
        throw new SegmentError(
          'REVISION_MISMATCH',
          `you changed revision ${revision} of ${key}, but it is at ${before.revision}; read it again`,
        );
      }
      const after: Segment = {
        ...before,
        name: changes.name ?? before.name,
        description: changes.description === undefined ? before.description : changes.description,
        condition: changes.condition ?? before.condition,
        revision: before.revision + 1,
        updatedAt: this.clock.now(),
      };
      const usedBy = await this.segments.usersOf(key);
      const moves = canonicalJson(before.condition) !== canonicalJson(after.condition);
      if (moves) {
        refuseOthers(actor, key, usedBy);
        await this.checkUsers(after, usedBy);
      }
      await this.segments.update(after);
      await this.record(actor, 'segment.change', key, { before, after });
      if (moves) await this.audienceChanged(after, usedBy);
      return { ...after, usedBy };
    });
  }

  async remove(key: string, actor: Actor): Promise<void> {
    await this.database.transaction(async () => {
      const before = await this.segments.findForUpdate(key);
      if (!before) throw unknownSegment([key]);
      const usedBy = await this.segments.usersOf(key);
      if (usedBy.length > 0) {
        const names = usedBy.map((user) => `${user.type} ${user.key}`).join(', ');
        throw new SegmentError('SEGMENT_IN_USE', `${key} is used by ${names}`);
      }
      await this.segments.remove(key);
      await this.record(actor, 'segment.delete', key, { before });
    });
  }

  /**
   * Refuses a condition that rests on segments that are not there or cannot be followed. Within a transaction they stay
   * as they are until its end.
   *
   * @returns the segments it rests on
   * @throws SegmentError SEGMENT_UNKNOWN, SEGMENT_NESTING
   */
  async require(condition: Condition | null): Promise<Segments> {
    if (condition === null) return {};
    const behind = await this.behind([condition]);
    checkNesting(condition, behind);
    return behind;
  }

  /** Every segment that conditions rest on, as far as they exist. */
  private async behind(conditions: readonly Condition[]): Promise<Record<string, Condition>> {
    const found: Record<string, Condition> = {};
    let wanted = conditions.flatMap(namedSegments);
    while (wanted.length > 0) {
      const rows = await this.segments.pin([...new Set(wanted)]);
      for (const { key, condition } of rows) found[key] = condition;
      wanted = rows.flatMap((row) => namedSegments(row.condition)).filter((key) => !(key in found));
    }
    return found;
  }

  /** The same once this segment is as it will be. */
  private async with(
    { key, condition }: Pick<Segment, 'key' | 'condition'>,
    conditions: readonly Condition[],
  ): Promise<Segments> {
    return { ...(await this.behind([...conditions, condition])), [key]: condition };
  }

  /** Whoever follows a segment must be able to follow its change. */
  private async checkUsers(after: Segment, usedBy: readonly SegmentUser[]): Promise<void> {
    const segments = usedBy.flatMap((user): Condition[] =>
      user.type === 'segment' ? [{ segment: user.key }] : [],
    );
    const users = usedBy.filter((user) => user.audience !== null);
    const known = await this.with(after, [...segments, ...users.map((user) => user.audience!)]);
    for (const condition of [{ segment: after.key }, ...segments]) {
      checkNesting(condition, known);
    }
    for (const { key, hashScheme, audience } of users.filter((user) => user.assigns !== null)) {
      const asked = { key, audience, ranges: [[0, HASH_SPACE] as const], variants: [], overrides: {} };
      const task = { hashScheme: hashScheme!, experiments: [asked], rollout: null, holdout: null };
      const [problem] = schemeProblems(task, known);
      if (problem)
        throw new SegmentError('SCHEME_CANNOT_EXPRESS', `${key} follows ${after.key}: ${problem.message}`);
    }
  }

  /** Units enter and leave experiments at once: an epoch each, so that no look takes the change for an effect. */
  private async audienceChanged(segment: Segment, usedBy: readonly SegmentUser[]): Promise<void> {
    const openedAt = this.clock.now();
    const cause = `segment ${segment.key} changed`;
    for (const id of usedBy.flatMap((user) => user.assigns ?? []).sort()) {
      await this.subjects.audienceChanged(id, {
        openedAt,
        reason: cause,
        shape: { segmentChanged: { key: segment.key, revision: segment.revision } },
      });
    }
    // A ruleset carries the segments its experiments refer to: where nothing changed, no version is made.
    for (const { key } of await this.environments.list()) await this.publisher.publish(key, cause);
  }

  private record(
    actor: Actor,
    action: string,
    subjectKey: string,
    rest: { before?: unknown; after?: unknown },
  ): Promise<void> {
    return this.audit.record({ actor, action, subjectType: 'segment', subjectKey, ...rest });
  }
}

/** A segment belongs to all environments; a key of one may not move units of another. */
function refuseOthers(actor: Actor, key: string, usedBy: readonly SegmentUser[]): void {
  const other = usedBy.find(
    (user) => user.environment !== null && !environmentAllowed(actor, user.environment),
  );
  if (!other) return;
  throw new GovernanceError(
    'ENVIRONMENT_NOT_ALLOWED',
    `this key belongs to ${actor.environment}; ${key} decides who takes part in ${other.key}, which runs in ${other.environment}`,
  );
}
