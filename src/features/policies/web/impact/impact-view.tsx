import '#web/kit/change-set.css'
import './impact.css'
import { Stack } from '@mantine/core'
import { Complaints, Effect, people, Section } from '#web/kit/index.ts'
import type { Impact } from '../../impact/schema.ts'
import type { Act } from '../../schema.act.ts'
import { EffectList } from './effect-list.tsx'
import { ImpactPeople } from './people.tsx'
import { RulesAfter } from './rules-after.tsx'

interface Props {
  readonly act: Act
  readonly impact: Impact
}

/** Everything that an act would do: to how many, which settings, whose, and what is left behind. */
export function ImpactView({ act, impact }: Props) {
  return (
    <Stack gap="xl">
      <ImpactSummary act={act} impact={impact} />
      {impact.effects.length > 0 && (
        <>
          <EffectList impact={impact} />
          <ImpactPeople act={act} impact={impact} />
        </>
      )}
      <RulesAfter impact={impact} />
    </Stack>
  )
}

function ImpactSummary({ act, impact }: Props) {
  const { touches, everybody } = impact
  return (
    <Section title="Effect">
      <Stack gap="md">
        <Effect
          touches={
            touches === 0 ? (
              'Nobody gets another policy by this.'
            ) : (
              <>
                <strong>{people(impact)}</strong> {touches === 1 ? 'gets' : 'get'} another policy,
                of {everybody.toLocaleString('en')} in all.
              </>
            )
          }
          {...(touches === 0 && act.kind !== 'surface' ? {} : { when: impact.clients })}
          undo={impact.undo}
        />
        <Complaints of={impact.complaints} severity="error" />
        <Complaints of={impact.complaints} severity="warning" />
      </Stack>
    </Section>
  )
}
