import { Injectable } from '@nestjs/common';
import type { Actor, Page, PageRequest } from '@app/governance';
import { Clock } from '@app/kernel';
import { ExperimentDraftService } from './experiment-draft.service.js';
import { type Comment, ExperimentComments } from './ports/experiment.comments.js';

/** What people say about an experiment; in any state, never changed. */
@Injectable()
export class ExperimentCommentService {
  constructor(
    private readonly clock: Clock,
    private readonly drafts: ExperimentDraftService,
    private readonly comments: ExperimentComments,
  ) {}

  async add(key: string, body: string, actor: Actor): Promise<Comment> {
    const { id } = await this.drafts.find(key, actor);
    return this.comments.add(id, { author: actor.name, body, at: this.clock.now() });
  }

  async list(key: string, page: PageRequest, actor: Actor): Promise<Page<Comment>> {
    const { id } = await this.drafts.find(key, actor);
    return this.comments.list(id, page);
  }
}
