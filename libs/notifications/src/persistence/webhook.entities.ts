import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { NoticeType } from '../domain/notice.js';
import type { Webhook } from '../domain/webhook.js';

@Entity('webhooks')
export class WebhookEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') key!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) environment!: string | null;
  @Column('text') url!: string;
  @Column('text') format!: Webhook['format'];
  @Column('text', { array: true }) events!: NoticeType[];
  /** Not read with the row: only what signs needs it. */
  @Column('text', { select: false }) secret!: string;
  @Column('boolean') enabled!: boolean;
  @Column('text', { name: 'disabled_reason', nullable: true }) disabledReason!: string | null;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
