import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Page, pageOf, type PageRequest, readNumberCursor } from '@app/governance';
import { LessThan } from 'typeorm';
import { type Comment, ExperimentComments } from '../ports/experiment.comments.js';
import { ExperimentCommentEntity } from './experiment.entities.js';

@Injectable()
export class SqlExperimentComments extends ExperimentComments {
  constructor(private readonly database: Database) {
    super();
  }

  async add(experimentId: string, comment: Omit<Comment, 'id'>): Promise<Comment> {
    const [row] = await this.database.query<{ id: string }>(
      `INSERT INTO experiment_comments (experiment_id, author, body, at) VALUES ($1, $2, $3, $4) RETURNING id`,
      [experimentId, comment.author, comment.body, comment.at],
    );
    return { id: Number(row!.id), ...comment };
  }

  async list(experimentId: string, page: PageRequest): Promise<Page<Comment>> {
    const before = readNumberCursor(page);
    const rows = await this.database.manager.find(ExperimentCommentEntity, {
      where: { experimentId, ...(before === null ? {} : { id: LessThan(before) }) },
      order: { id: 'DESC' },
      take: page.limit + 1,
    });
    const comments = rows.map(({ id, author, body, at }) => ({ id, author, body, at }));
    return pageOf(comments, page, (comment) => comment.id);
  }
}
