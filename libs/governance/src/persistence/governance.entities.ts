import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '@app/database';

@Entity('environments')
export class EnvironmentEntity {
  @PrimaryColumn('text') key!: string;
  @Column('text') name!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

@Entity('api_keys')
export class ApiKeyEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'key_id' }) keyId!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) environment!: string | null;
  @Column('text') role!: 'admin' | 'editor' | 'viewer' | 'service';
  @Column('text') salt!: string;
  @Column('text') hash!: string;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt!: Date | null;
}

@Entity('audit_log')
export class AuditLogEntity {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintColumn }) id!: number;
  @Column('timestamptz') at!: Date;
  @Column('text') actor!: string;
  @Column('text') action!: string;
  @Column('text', { name: 'subject_type' }) subjectType!: string;
  @Column('text', { name: 'subject_key' }) subjectKey!: string;
  @Column('text', { nullable: true }) environment!: string | null;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('jsonb', { nullable: true }) before!: unknown;
  @Column('jsonb', { nullable: true }) after!: unknown;
  @Column('text', { name: 'request_id', nullable: true }) requestId!: string | null;
}

@Entity('secrets')
export class SecretEntity {
  @PrimaryColumn('text') environment!: string;
  @PrimaryColumn('text') purpose!: string;
  @Column('text') value!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

@Entity('idempotency_keys')
export class IdempotencyKeyEntity {
  @PrimaryColumn('text') actor!: string;
  @PrimaryColumn('text') key!: string;
  @Column('text', { name: 'request_digest' }) requestDigest!: string;
  @Column('smallint', { nullable: true }) status!: number | null;
  @Column('text', { nullable: true }) response!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
