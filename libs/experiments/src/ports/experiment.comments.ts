import type { Page, PageRequest } from '@app/governance';

export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly at: Date;
}

export abstract class ExperimentComments {
  abstract add(experimentId: string, comment: Omit<Comment, 'id'>): Promise<Comment>;
  /** Newest first. */
  abstract list(experimentId: string, page: PageRequest): Promise<Page<Comment>>;
}
