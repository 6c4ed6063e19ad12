const TIMEOUT_MS = 5000;

/** Marks the strategy that is ours, beside those that people made. */
const TITLE = 'Contender rollout';
/** Its title until its flag has been turned on: what is found under it was left off by us, not by a person. */
const UNFINISHED_TITLE = 'Contender rollout (not turned on yet)';

export interface AdminSettings {
  /** Address of the server's API, ending in /api. */
  readonly url: string;
  /** An admin or personal token that may write flags of the project. */
  readonly token: string;
  readonly project: string;
  /** Environment of the Unleash server. */
  readonly environment: string;
}

interface Strategy {
  readonly id: string;
  readonly name: string;
  readonly title?: string | null;
  readonly constraints?: unknown[];
  readonly segments?: unknown[];
  readonly disabled?: boolean;
  readonly parameters: Record<string, string>;
}

/** The part of Unleash's admin API that a mirror needs. All it does can be done again, from wherever it broke off. */
export class UnleashAdmin {
  constructor(private readonly settings: AdminSettings) {}

  /**
   * Makes a flag's gradual rollout stand at so many per cent. Makes the flag and its strategy when they are not there, and
   * then turns the environment on; later it touches nothing but the number, so that who turned the flag off keeps it off.
   *
   * @throws Error with the server's words
   */
  async showPercent(flag: string, percent: number): Promise<void> {
    const { environment } = this.settings;
    if (!(await this.strategies(flag))) await this.createFlag(flag);
    const at = `${this.feature(flag)}/environments/${environment}`;
    const rollout = String(percent);
    const strategies = (await this.strategies(flag)) ?? [];
    const finished = strategies.find((one) => one.title === TITLE);
    if (finished) {
      if (finished.parameters.rollout !== rollout) await this.change(at, finished, rollout);
      return;
    }
    const unfinished =
      strategies.find((one) => one.title === UNFINISHED_TITLE) ??
      ((await this.call('POST', `${at}/strategies`, {
        name: 'flexibleRollout',
        title: UNFINISHED_TITLE,
        constraints: [],
        parameters: { rollout, stickiness: 'default', groupId: flag },
      })) as Strategy);
    await this.call('POST', `${at}/on`);
    await this.change(at, unfinished, rollout);
  }

  /** Writes the number, and with it the title of a strategy that is in force. */
  private async change(at: string, strategy: Strategy, rollout: string): Promise<void> {
    const { id, name, constraints = [], segments = [], disabled = false, parameters } = strategy;
    await this.call('PUT', `${at}/strategies/${id}`, {
      ...{ name, title: TITLE, constraints, segments, disabled },
      parameters: { ...parameters, rollout },
    });
  }

  /** null when there is no such flag. */
  private async strategies(flag: string): Promise<Strategy[] | null> {
    const answer = await this.send(
      'GET',
      `${this.feature(flag)}/environments/${this.settings.environment}/strategies`,
    );
    if (answer.status === 404) {
      // Either there is no flag, or the environment is unknown: the flag itself tells which.
      const found = await this.send('GET', this.feature(flag));
      if (found.status === 404) return null;
      throw new Error(`Unleash has no environment ${this.settings.environment} for ${flag}`);
    }
    return (await readJson(answer)) as Strategy[];
  }

  private async createFlag(flag: string): Promise<void> {
    const answer = await this.send(
      'POST',
      `/admin/projects/${encodeURIComponent(this.settings.project)}/features`,
      {
        name: flag,
        type: 'operational',
        description:
          'How far the rollout of this task is. Kept by Contender; a change here moves nothing there.',
      },
    );
    // Somebody else made it a moment ago, or an earlier try did.
    if (answer.status === 409 && (await this.strategies(flag))) return;
    await readJson(answer);
  }

  private feature(flag: string): string {
    return `/admin/projects/${encodeURIComponent(this.settings.project)}/features/${encodeURIComponent(flag)}`;
  }

  private async call(method: 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown> {
    return readJson(await this.send(method, path, body));
  }

  private send(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.settings.url}${path}`, {
      method,
      headers: {
        authorization: this.settings.token,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

async function readJson(answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Unleash answered ${answer.status}: ${text.slice(0, 300)}`);
  return text === '' ? null : JSON.parse(text);
}
