import { completionsAt, DEFAULTS, hoverAt, POLICY, type TableShape } from '#requirements/index.ts'
import type { TomlAssist } from '#web/kit/index.ts'

const assistBy = (root: TableShape, page: string): TomlAssist => ({
  completionsAt: (text, offset) => completionsAt(text, offset, root),
  hoverAt(text, offset) {
    const word = hoverAt(text, offset, root)
    if (!word) return undefined
    const { from, to, key, about, expects, values, required, delivered, since, caution } = word
    return {
      ...{ from, to, key, about },
      more: `${page}#${encodeURIComponent(key)}`,
      facts: [
        `Must be ${expects}.`,
        ...(values.length === 0 ? [] : [values.map(({ value }) => value).join(' · ')]),
        ...(required ? ['Required.'] : []),
        ...(delivered === 'local-only'
          ? ['Dropped when delivered: only a local file has it.']
          : []),
        ...(since === undefined ? [] : [`Since ${since}.`]),
        ...(caution ? [`${caution.message} ${caution.effect}`] : []),
      ],
    }
  },
})

/** The schema tables at the fingertips of somebody who writes a policy. */
export const policyAssist = assistBy(POLICY, '/docs/requirements')
export const defaultsAssist = assistBy(DEFAULTS, '/docs/defaults')
