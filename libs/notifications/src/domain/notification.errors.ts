import { DomainError } from '@app/kernel';

export type NotificationErrorCode = 'WEBHOOK_UNKNOWN' | 'WEBHOOK_URL_NOT_VALID';

/** A refusal about who is told what. */
export class NotificationError extends DomainError<NotificationErrorCode> {}
