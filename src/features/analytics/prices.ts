/** What tokens cost by the workspace's own list. Nothing here comes from a vendor: what stands in the list was typed in. */

/** In millionths of the currency for a million tokens, which is the currency's unit for a token to the twelfth place. */
export interface Price {
  /** A model's name, or the beginning of names followed by `*`. */
  readonly model: string
  /** From this instant on (ms), until another entry for the same text begins. */
  readonly validFrom: number
  readonly input: number
  readonly cachedInput: number
  readonly output: number
}

/** Cached input is a part of the input, and reasoning a part of the output, as the client reports them. */
export interface Tokens {
  readonly input: number
  readonly cachedInput: number
  readonly output: number
}

const matches = (pattern: string, model: string): boolean =>
  pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model

/** The whole name counts more than any beginning of it, and a longer beginning more than a shorter one. */
const weight = (pattern: string): number =>
  pattern.endsWith('*') ? pattern.length - 1 : Number.POSITIVE_INFINITY

/** The price of a model at an instant; undefined where the list says nothing about it. */
export function priceAt(prices: readonly Price[], model: string, at: number): Price | undefined {
  let best: Price | undefined
  for (const price of prices) {
    if (price.validFrom > at || !matches(price.model, model)) continue
    const [mine, other] = [weight(price.model), best ? weight(best.model) : -1]
    if (mine > other || (mine === other && price.validFrom > (best?.validFrom ?? 0))) best = price
  }
  return best
}

/** In the currency; undefined where there is no price. */
export function costOf(price: Price | undefined, tokens: Tokens): number | undefined {
  if (!price) return undefined
  const cached = Math.min(tokens.cachedInput, tokens.input)
  const micros =
    ((tokens.input - cached) / 1e6) * price.input +
    (cached / 1e6) * price.cachedInput +
    (tokens.output / 1e6) * price.output
  return Math.round(micros) / 1e6
}

/** The instants within `(from, until)` at which some price begins: between two of them every model has one price. */
export function changesBetween(
  prices: readonly Price[],
  from: number,
  until: number,
): readonly number[] {
  const changes = prices.map((p) => p.validFrom).filter((at) => at > from && at < until)
  return [...new Set(changes)].sort((a, b) => a - b)
}

/** What tokens cost in the mean of these; undefined where one of them has no price, or there are none. */
export function meanPrice(
  models: readonly { readonly price: Price | undefined; readonly tokens: Tokens }[],
): Price | undefined {
  const sum = { input: 0, cachedInput: 0, output: 0 }
  const cost = { input: 0, cachedInput: 0, output: 0 }
  for (const { price, tokens } of models) {
    if (!price) return undefined
    const cachedInput = Math.min(tokens.cachedInput, tokens.input)
    const mine = { input: tokens.input - cachedInput, cachedInput, output: tokens.output }
    for (const kind of ['input', 'cachedInput', 'output'] as const) {
      sum[kind] += mine[kind]
      cost[kind] += mine[kind] * price[kind]
    }
  }
  if (models.length === 0) return undefined
  const mean = (kind: keyof Tokens): number => (sum[kind] === 0 ? 0 : cost[kind] / sum[kind])
  return {
    model: '*',
    validFrom: 0,
    input: mean('input'),
    cachedInput: mean('cachedInput'),
    output: mean('output'),
  }
}
