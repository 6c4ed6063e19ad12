/** Webhooks that want a notice of environment $1 and type $2; $3 names the only one meant, or is null. */
export const RECEIVERS = `
SELECT id FROM webhooks
WHERE CASE WHEN $3::uuid IS NULL
  THEN enabled AND (environment IS NULL OR environment = $1) AND (events = '{}' OR $2 = ANY (events))
  ELSE id = $3::uuid END
ORDER BY id`;

export const QUEUE = `
INSERT INTO webhook_deliveries (id, webhook_id, type, subject_key, notice, created_at, due_at)
SELECT id, webhook_id, $3, $4, $5, $6, $6 FROM unnest($1::uuid[], $2::uuid[]) AS q (id, webhook_id)`;

export const DELIVERIES = `
SELECT d.id, w.key AS webhook, d.type, d.subject_key AS "subjectKey", d.created_at AS "createdAt",
  CASE WHEN d.delivered_at IS NOT NULL THEN 'delivered' WHEN d.due_at IS NULL THEN 'given-up' ELSE 'waiting' END AS state,
  d.attempts, d.due_at AS "dueAt", d.last_status AS "lastStatus", d.last_error AS "lastError",
  d.delivered_at AS "deliveredAt"
FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
WHERE d.webhook_id = $1 AND ($2::uuid IS NULL OR d.id < $2::uuid)
ORDER BY d.id DESC LIMIT $3`;

/**
 * Due deliveries, with a lease: their next attempt is put off before anything is sent, so that a worker that dies in the
 * middle leaves them to others, and no transaction stays open while a receiver thinks.
 */
export const TAKE = `
WITH due AS (
  SELECT d.id FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
  WHERE d.due_at <= $1 AND (w.enabled OR d.type = 'webhook.test')
  ORDER BY d.due_at, d.id LIMIT $3
  FOR UPDATE OF d SKIP LOCKED
), taken AS (
  UPDATE webhook_deliveries d SET due_at = $2, attempts = d.attempts + 1
  FROM due WHERE d.id = due.id
  RETURNING d.id, d.webhook_id, d.attempts, d.notice
)
SELECT t.id, t.webhook_id AS "webhookId", t.attempts, t.notice::json AS notice, w.url, w.format, w.secret
FROM taken t JOIN webhooks w ON w.id = t.webhook_id ORDER BY t.id`;

export const DELIVERED = `
UPDATE webhook_deliveries SET due_at = NULL, delivered_at = $2, last_status = $3, last_error = NULL
WHERE id = $1 AND delivered_at IS NULL`;

/** A slow attempt must not undo what a later one achieved. */
export const FAILED = `
UPDATE webhook_deliveries SET due_at = $2, last_status = $3, last_error = $4
WHERE id = $1 AND delivered_at IS NULL`;

export const SWITCH_OFF = `UPDATE webhooks SET enabled = false, disabled_reason = $2 WHERE id = $1`;

export const GIVE_UP_ALL = `
UPDATE webhook_deliveries SET due_at = NULL, last_error = $2
WHERE webhook_id = $1 AND due_at IS NOT NULL`;

export const FORGET = `DELETE FROM webhook_deliveries WHERE due_at IS NULL AND created_at < $1`;
