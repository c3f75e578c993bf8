import { useState } from 'react'
import { Button } from '@mantine/core'
import { plural, Section, Side } from '#web/kit/index.ts'
import type { Effect, Impact } from '../../impact/schema.ts'
import { useImpactFilter } from './filter.ts'
import { listDelta } from './list-delta.ts'
import { settingName } from './words.ts'

const atOnce = 20
const named = 3

/** What changes, setting by setting, over all policies: the largest first. One press shows whom it concerns. */
export function EffectList({ impact: { effects, moreEffects } }: { readonly impact: Impact }) {
  const [all, setAll] = useState(false)
  const shown = all ? effects : effects.slice(0, atOnce)
  return (
    <Section
      title="What changes"
      about="By setting, whichever policies they come from and go to. Everybody counts once in each line."
    >
      <ul className="gh-changes" aria-label="What changes">
        {shown.map((effect) => (
          <OneEffect key={effect.id} effect={effect} />
        ))}
      </ul>
      {effects.length > shown.length && (
        <Button variant="subtle" size="compact-sm" mt="xs" onClick={() => setAll(true)}>
          Show {effects.length - shown.length} more
        </Button>
      )}
      {moreEffects > 0 && (
        <p className="gh-quiet">
          And {plural(moreEffects, 'more setting')}, each for fewer people than these.
        </p>
      )}
    </Section>
  )
}

function OneEffect({ effect }: { readonly effect: Effect }) {
  const [filter, setFilter] = useImpactFilter()
  const chosen = filter.effect === effect.id
  const unnamed = effect.count - Math.min(named, effect.sample.length)
  return (
    <li data-chosen={chosen || undefined}>
      <div className="gh-effect-line">
        <div className="gh-effect-what">
          <What of={effect.what} />
        </div>
        <button
          type="button"
          className="gh-effect-count"
          aria-pressed={chosen}
          aria-label={`${plural(effect.count, 'principal')}: show who`}
          onClick={() => {
            setFilter({ effect: chosen ? undefined : effect.id })
            if (!chosen) document.getElementById('impact-who')?.scrollIntoView({ block: 'start' })
          }}
        >
          {effect.count.toLocaleString('en')} ×
        </button>
      </div>
      <div className="gh-quiet">
        {effect.sample
          .slice(0, named)
          .map(({ label }) => label)
          .join(', ')}
        {unnamed > 0 && ` and ${unnamed.toLocaleString('en')} more`}
      </div>
    </li>
  )
}

function What({ of: what }: { readonly of: Effect['what'] }) {
  if (what.kind === 'wording')
    return <span>No setting has another value: only the version, comments or layout differ.</span>
  if (what.kind === 'unreadable')
    return <span>The draft is no TOML, so nothing can be said of its settings.</span>
  if (what.kind === 'given')
    return (
      <span className="gh-change-head">
        <Given is={what.before} /> <span aria-label="becomes">→</span> <Given is={what.after} />
      </span>
    )
  return (
    <>
      <code className="gh-effect-key">{settingName(what)}</code>
      <span className="gh-effect-values gh-keys">
        <Values before={what.before} after={what.after} />
      </span>
    </>
  )
}

function Given({ is }: { readonly is: Extract<Effect['what'], { kind: 'given' }>['before'] }) {
  return is === 'policy' ? <span>has a policy</span> : <Side side={null} is={is} />
}

interface Sides {
  readonly before: string | null
  readonly after: string | null
}

function Values({ before, after }: Sides) {
  const delta = listDelta(before, after)
  if (!delta)
    return (
      <>
        <Value of={before} side="before" /> <span aria-label="becomes">→</span>{' '}
        <Value of={after} side="after" />
      </>
    )
  return (
    <>
      {delta.removed.map((item) => (
        <span key={item} className="gh-effect-item">
          <span aria-label="without">−</span> <code data-side="before">{item}</code>
        </span>
      ))}
      {delta.added.map((item) => (
        <span key={item} className="gh-effect-item">
          <span aria-label="with">+</span> <code data-side="after">{item}</code>
        </span>
      ))}
      <span className="gh-quiet">
        {plural(delta.kept, 'other entry', 'other entries')} as before
      </span>
    </>
  )
}

function Value({ of, side }: { readonly of: string | null; readonly side: 'before' | 'after' }) {
  return of === null ? <em>not set</em> : <code data-side={side}>{of}</code>
}
