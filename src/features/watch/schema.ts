export * from './schema.collections.ts'
export * from './schema.history.ts'
export * from './schema.import.ts'
export * from './schema.runs.ts'
