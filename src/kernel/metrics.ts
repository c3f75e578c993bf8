import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly registry: Registry
  readonly answers: Histogram<'route' | 'status'>
  /** A gauge that is asked when somebody looks; not a number when that fails, so that the others can still be read. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  /** A sum that is kept elsewhere and asked when somebody looks. */
  total(name: string, help: string, read: () => number): void
  counter<L extends string>(name: string, help: string, labels: readonly L[]): Counter<L>
}

/** Prometheus metrics; names follow its conventions (base unit seconds, `_total` on counters). */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    answers: new Histogram({
      name: 'gatehouse_http_request_duration_seconds',
      help: 'Time to answer a request, by route and status.',
      labelNames: ['route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          try {
            this.set(await read())
          } catch {
            this.set(NaN)
          }
        },
      })
    },
    total(name, help, read) {
      new Counter({
        name,
        help,
        registers: [registry],
        collect() {
          this.reset()
          this.inc(read())
        },
      })
    },
    counter(name, help, labels) {
      return new Counter({ name, help, labelNames: [...labels], registers: [registry] })
    },
  }
}
