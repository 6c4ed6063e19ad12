export { RULESET_CHANNEL } from './persistence/sql-ruleset.store.js';
export * from './ports/ruleset-read-model.js';
export * from './ports/ruleset-reader.js';
export * from './ruleset-publisher.service.js';
export * from './rulesets.module.js';
