import { Problem } from '#kernel/problem.ts'

/** Below these addresses a client asks for more than we have; whatever no route answers there is told so in its dialect. */
export const notServedUnder = ['/backend-api/', '/api/codex/', '/codex/', '/member/'] as const

/**
 * What a client is told that asks for something Gatehouse does not have. The message of an answer about model traffic is what the
 * person reads in the terminal. Undefined for the one page below these addresses.
 */
export function notServed(path: string): Problem | undefined {
  if (path === '/codex/device') return undefined
  if (/\/(responses|models)(\/|$)/.test(path))
    return new Problem(
      'not_found',
      'Gatehouse does not serve models. Name a model provider of your organisation in config.toml (model_provider). Its administrator finds the lines in Gatehouse, under “Connect clients”.',
    )
  return new Problem('not_found', 'Gatehouse does not serve this.')
}
