import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { RequestHandler } from 'express';
import swaggerUi from 'swagger-ui-express';

/** The description at /docs/json and the page that people use at /docs. */
export function serveDocs(app: NestExpressApplication, document: OpenAPIObject): void {
  const text = JSON.stringify(document);
  const json: RequestHandler = (_request, response) => {
    response.type('application/json').send(text);
  };
  app.use('/docs/json', json);
  app.use(
    '/docs',
    swaggerUi.serve,
    swaggerUi.setup(document, {
      customSiteTitle: 'Contender API',
      swaggerOptions: {
        persistAuthorization: true,
        displayRequestDuration: true,
        tryItOutEnabled: true,
        docExpansion: 'list',
        defaultModelsExpandDepth: 0,
      },
    }),
  );
}
