import { expect } from 'vitest'
import type { LogFile } from '#features/compliance/schema.ts'
import { minute } from '#kernel/clock.ts'
import { anyWaiting } from '#src/features/audit/store.ts'
import { closeDue } from '#src/features/compliance/close.task.ts'
import type { World } from './world.ts'

export type Line = Readonly<Record<string, unknown>>

export const linesIn = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)

export type ComplianceLog = Awaited<ReturnType<typeof complianceLog>>

/** The compliance log of a world, as a program reads it. */
export async function complianceLog(world: World) {
  const { json } = await world.admin('GET', '/api/v1/compliance/types')
  const base = `/v1/compliance/workspaces/${String(json.workspaceId)}`

  /** Files are written in the order of the audit chain, which has an act within a second. */
  const linked = () => expect.poll(() => world.app.runtime.db.read(anyWaiting)).toBe(false)

  async function files(query = ''): Promise<readonly LogFile[]> {
    const answer = await world.admin('GET', `${base}/logs?limit=500${query}`)
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)])
    return answer.json.data as LogFile[]
  }

  /** Asks, and follows the redirect without the key. */
  async function fetchFile(id: string, query = ''): Promise<string> {
    const redirect = await world.admin('GET', `${base}/logs/${id}${query}`)
    expect(redirect.status).toBe(302)
    const answer = await world.call('GET', redirect.headers.get('location') ?? '')
    expect(answer.status).toBe(200)
    return answer.text
  }

  return {
    base,
    linked,
    files,
    fetchFile,
    /** Closes what came. The product looks by itself every two seconds of its own clock; here that stands still. */
    async close(): Promise<void> {
      world.clock.advance(minute)
      await linked()
      await closeDue(world.app.runtime)
    },
    async allLines(type?: string): Promise<readonly Line[]> {
      const listed = await files(type === undefined ? '' : `&event_type=${type}`)
      const texts = await Promise.all(listed.map(({ id }) => fetchFile(id)))
      return texts.flatMap(linesIn)
    },
  }
}
