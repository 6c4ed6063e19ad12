import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';

/** Everything wrong with a process's environment, said at once. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Reads a configuration class from environment variables.
 *
 * Properties are named like their variables. An unset or empty variable leaves the class's default; texts are turned
 * into the types that the class declares with `@Type`. Values are never echoed: they may be secrets.
 *
 * @throws ConfigError naming every problem
 */
export function readConfig<T extends object>(type: new () => T, environment: NodeJS.ProcessEnv): T {
  const defaults = new type();
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const known = new Set([...Object.keys(defaults), ...declaredKeys(type)]);
  const config = plainToInstance(
    type,
    Object.fromEntries(Object.entries(given).filter(([name]) => known.has(name))),
    { exposeDefaultValues: true },
  );
  const problems = validateSync(config, { validationError: { target: false, value: false } }).flatMap(
    (error) => Object.values(error.constraints ?? { invalid: `${error.property} is not valid` }),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/** Keys a class declares with validation decorators even when it gives them no default. */
function declaredKeys(type: new () => object): string[] {
  const storage = getMetadataStorage();
  return storage
    .getTargetValidationMetadatas(type, '', false, false)
    .map((metadata) => metadata.propertyName);
}
