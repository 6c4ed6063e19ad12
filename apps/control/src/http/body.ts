import { json, type ErrorRequestHandler, type RequestHandler } from 'express';
import { ControlError } from './control.errors.js';

/** Largest request body, in bytes. A definition of an experiment is a few thousand. */
export const BODY_LIMIT = 256 * 1024;

/** Refuses a body that says it is something else than JSON. */
export const refuseOtherMediaTypes: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (!hasBody || request.is(['application/json', 'application/*+json'])) return next();
  next(
    new ControlError(
      'MEDIA_TYPE_NOT_SUPPORTED',
      `send application/json, not ${request.headers['content-type'] ?? 'a body without a content type'}`,
    ),
  );
};

export const readJson: RequestHandler = json({
  limit: BODY_LIMIT,
  strict: true,
  type: ['application/json', 'application/*+json'],
});

/** Gives the body parser's errors our codes before Nest turns them into its own. */
export const nameBodyErrors: ErrorRequestHandler = (error, _request, _response, next) => {
  const { type, message } = error as { type?: string; message?: string };
  if (type === 'entity.too.large') {
    return next(new ControlError('BODY_TOO_LARGE', `a body may have ${BODY_LIMIT} bytes at most`));
  }
  if (type === 'entity.parse.failed') {
    return next(new ControlError('BODY_NOT_JSON', `the body is not JSON: ${message}`));
  }
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return next(new ControlError('MEDIA_TYPE_NOT_SUPPORTED', `${message}`));
  }
  if (type?.startsWith('request.') || type?.startsWith('entity.')) {
    return next(new ControlError('REQUEST_NOT_VALID', `the body could not be read: ${message}`));
  }
  next(error);
};
