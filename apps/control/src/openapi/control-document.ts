import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { withDataPlane } from '@app/wire';
import type { ControlConfig } from '../config.js';
import { TAG_DESCRIPTIONS } from './tags.js';

const DESCRIPTION = `
Contender decides which model answers, proves which model is better, and moves traffic to it safely.

**Your first experiment, from this page alone**

1. Press *Authorize* and paste the admin key that \`npm start\` printed.
2. **1 Models**: register two models. Every example on this page is a body that works: press *Try it out*, then *Execute*.
3. **2 Tasks**: create the task your service asks for, and say who serves it by default.
4. **3 Metrics**: say how quality (and what must not get worse) is measured.
5. **4 Experiments**: write the hypothesis and the split, \`check\` the plan, \`start\` it.
   Leave \`conclude\` and \`archive\` for the end: what is over does not start again.
6. **API keys**: make a \`service\` key. With it your service asks the **Data plane** which model serves a unit, and
   sends back scores and feedback. To try that from here, *Authorize* with the service key, then again with your own.
7. **5 Results**: read the verdict. It is valid at every look: look as often as you like.
8. **6 Rollouts**: promote the winner in stages; it is rolled back by evidence if it disappoints.

Errors are \`application/problem+json\` with a stable \`code\`. Changes take an \`Idempotency-Key\` header: the same request
sent twice is done once. Times are RFC 3339 in UTC; shares and probabilities are fractions in [0, 1].
`.trim();

/** The API description of both planes. */
export function controlDocument(
  app: INestApplication,
  config: Pick<ControlConfig, 'CONTENDER_CONTROL_PUBLIC_URL' | 'CONTENDER_EDGE_PUBLIC_URL'>,
): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Contender')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer(config.CONTENDER_CONTROL_PUBLIC_URL ?? '/', 'Control plane')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key: `ck_…`' }, 'apiKey')
    .addSecurityRequirements('apiKey');
  for (const [name, description] of TAG_DESCRIPTIONS) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return withDataPlane(document, config.CONTENDER_EDGE_PUBLIC_URL);
}
