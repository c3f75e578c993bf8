// Records of clients in their normalised form.
export { factsOfAnalytics, type AnalyticsEvent } from './analytics.ts'
export { createFewNames, type FewNames } from './few.ts'
export type { Fact, Origin, Reported } from './fact.ts'
export { factsOfLogs } from './logs.ts'
export { factsOfPoints } from './points.ts'
export { factsOfSpans } from './spans.ts'
