export { type Config, schema } from './config/schema.ts';
