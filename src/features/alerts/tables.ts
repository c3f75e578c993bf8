import { queries } from '#kernel/work.ts'
import type { Firing, Subject } from './schema.ts'

export interface AlertRow {
  readonly id: string
  readonly revision: number
  readonly name: string
  /** `Rule` as JSON. */
  readonly rule: string
  /** Of the rule: what it is about, for whoever removes that. */
  readonly of: Subject
  readonly value: string
  /** 1: it shows single persons, or what is about few of them. */
  readonly exact: number
  readonly webhook_id: string | null
  /** Addresses as JSON. */
  readonly mail_to: string
  readonly quiet_until: number | null
  /** The first day of what was judged last; null: nothing was. */
  readonly judged_period: number | null
  readonly judged_at: number | null
  /** `Point` of judge.ts as JSON: what came out. */
  readonly last: string | null
  /** Why nothing can be said. */
  readonly why: string | null
  /** Of costs, as of the last time it was asked. */
  readonly currency: string
  readonly created_at: number
  readonly created_by: string
  readonly deleted_at: number | null
}

export interface FiringRow {
  readonly id: string
  readonly alert_id: string
  /** Of the rule that fired: a changed one fires anew in the same period. */
  readonly rule_revision: number
  readonly period: number
  /** A number as JSON, for costs have fractions. */
  readonly value: string
  readonly amount: string
  readonly began_at: number
  readonly ended_at: number | null
  readonly ended_because: Firing['endedBecause']
  readonly told_at: number | null
}

export interface AlertTables {
  alerts: AlertRow
  alert_firings: FiringRow
}

export const q = queries<AlertTables>()
