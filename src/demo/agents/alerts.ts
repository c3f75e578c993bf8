/** What somebody wants to be told of. The group is named; everything else is as the API takes it. */
export const alerts: readonly {
  readonly name: string
  readonly group?: string
  readonly rule: {
    readonly measure: string
    readonly unit: 'day' | 'week' | 'month'
    readonly condition: string
    readonly amount: number
  }
}[] = [
  {
    name: 'Agents, a month',
    rule: { measure: 'cost', unit: 'month', condition: 'reaches', amount: 15 },
  },
  {
    name: 'Tokens of Flight software, a week',
    group: 'Flight software',
    rule: { measure: 'tokens', unit: 'week', condition: 'reaches', amount: 6_000_000 },
  },
  {
    name: 'Many denied commands',
    rule: { measure: 'denied_by_rule', unit: 'day', condition: 'reaches', amount: 8 },
  },
]
