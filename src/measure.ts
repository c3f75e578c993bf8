import type { Jobs } from '#kernel/jobs.ts'
import type { Metrics } from '#kernel/metrics.ts'
import type { Pool } from '#kernel/pool.ts'
import type { Delivery } from '#features/delivery/index.ts'
import type { Telemetry } from '#features/telemetry/index.ts'

/** The gauges that are asked when somebody scrapes. */
export function measure(
  metrics: Metrics,
  {
    jobs,
    pool,
    delivery,
    telemetry,
  }: { jobs: Jobs; pool: Pool; delivery: Delivery; telemetry: Telemetry },
): void {
  metrics.gauge(
    'gatehouse_jobs_waiting',
    'Jobs that wait.',
    async () => (await jobs.counts()).waiting,
  )
  metrics.gauge(
    'gatehouse_jobs_failed',
    'Jobs that failed for good.',
    async () => (await jobs.counts()).failed,
  )

  metrics.gauge(
    'gatehouse_delivery_age_seconds',
    'Since when the database has not confirmed what is served; 0 while it does.',
    () => delivery.measures().ageSeconds ?? NaN,
  )
  metrics.total(
    'gatehouse_delivery_stale_total',
    'Fetches that were answered without a database.',
    () => delivery.measures().stale,
  )
  metrics.gauge(
    'gatehouse_delivery_fetches_waiting',
    'Fetches that are not yet recorded.',
    () => delivery.measures().waiting,
  )

  metrics.gauge(
    'gatehouse_ingest_waiting_bytes',
    'Bodies with telemetry that are not yet stored.',
    () => telemetry.measures().bytes,
  )
  metrics.total(
    'gatehouse_ingest_records_total',
    'Records of telemetry that were stored.',
    () => telemetry.measures().stored,
  )

  metrics.gauge(
    'gatehouse_pool_waiting',
    'Tasks that wait for a thread.',
    () => pool.load().waiting,
  )
}
