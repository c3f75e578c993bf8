import { useState } from 'react'
import { Button, Text } from '@mantine/core'
import { Confirm, Effect, plural, useCan } from '#web/kit/index.ts'
import type { Reach, TelemetryPage } from '../schema.settings.ts'
import { useSaveSettings } from './save.ts'
import { levelWords } from './words.ts'

const whom = ({ members, serviceAccounts, enrolments }: Reach): string =>
  `${plural(members, 'member')}, ${plural(serviceAccounts, 'service account')} and ${plural(enrolments, 'enrolment')}`

/** Turns collecting on and off, after saying whom it reaches. */
export function Switch({ page }: { readonly page: TelemetryPage }) {
  const [asking, setAsking] = useState(false)
  const may = useCan('settings.manage')
  const save = useSaveSettings(page.settings)
  const { collect, content } = page.settings
  if (!may) return null
  const set = (on: boolean) => () => save.mutateAsync({ collect: on })
  return (
    <>
      <Button
        variant={collect ? 'default' : 'filled'}
        onClick={() => {
          setAsking(true)
        }}
      >
        {collect ? 'Stop collecting' : 'Collect telemetry'}
      </Button>
      {collect ? (
        <Confirm
          opened={asking}
          onClose={() => setAsking(false)}
          title="Stop collecting telemetry?"
          action="Stop collecting"
          onConfirm={set(false)}
        >
          <Effect
            touches={`The clients of ${whom(page.reach)} are no longer told to report here. Where their policy says nothing of it, they send metrics to the vendor again, as they do by default.`}
            when="At their next start without a valid cache, at most one hour later. What runs goes on reporting until it ends."
            undo="Collect it again here. What is stored stays as long as it would have."
          />
        </Confirm>
      ) : (
        <Confirm
          opened={asking}
          onClose={() => setAsking(false)}
          title="Collect telemetry?"
          action="Collect telemetry"
          danger={false}
          onConfirm={set(true)}
        >
          <Effect
            touches={`The clients of ${whom(page.reach)} report to this Gatehouse, unless their policy says otherwise.`}
            when="At their next start without a valid cache, at most one hour later."
            undo="Stop collecting, here."
          />
          <Text size="sm" mt="md">
            Kept of what people and agents write: {lower(levelWords[content.level].means)} Everybody
            sees on the own account page what is collected.
          </Text>
        </Confirm>
      )}
    </>
  )
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
