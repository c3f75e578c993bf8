import { Radio, Stack, Text, TextInput } from '@mantine/core'
import { asLocalInput, bothTimes, fromLocalInput, localZone, type Choice } from './choice.ts'
import { BoundsFields, StageFields } from './stage-fields.tsx'

interface Props {
  readonly value: Choice
  readonly onChange: (choice: Choice) => void
  /** The policy has a version that everybody else goes on being served; without one there is nothing to stage. */
  readonly published: boolean
}

/** To whom a version goes, and when: everybody or a part first, now or at a time. */
export function RolloutChoice({ value, onChange, published }: Props) {
  return (
    <Stack gap="md">
      <Radio.Group
        label="To whom"
        value={value.to}
        onChange={(to) => onChange({ ...value, to: to === 'stage' ? 'stage' : 'all' })}
      >
        <Stack gap={6} mt={6}>
          <Radio value="all" label="To everybody who gets this policy" />
          <Radio
            value="stage"
            disabled={!published}
            label="To a part first"
            description={
              published
                ? 'All others go on with the present version until you give it to everybody or take it back.'
                : 'Only once a version is published: until then there is nothing that all others could go on with.'
            }
          />
        </Stack>
      </Radio.Group>
      {value.to === 'stage' && (
        <Stack gap="md" pl={30}>
          <StageFields value={value.stage} onChange={(stage) => onChange({ ...value, stage })} />
          <BoundsFields value={value} onChange={(next) => onChange({ ...value, ...next })} />
        </Stack>
      )}
      <Radio.Group
        label="When"
        value={value.at === null ? 'now' : 'later'}
        onChange={(when) => onChange({ ...value, at: when === 'now' ? null : undefined })}
      >
        <Stack gap={6} mt={6}>
          <Radio value="now" label="Now" />
          <Radio
            value="later"
            label="At a set time"
            description="The text is fixed now. It does not go out if another version was published by then, or if the check of that day finds an error."
          />
        </Stack>
      </Radio.Group>
      {value.at !== null && <AtField at={value.at} onChange={(at) => onChange({ ...value, at })} />}
    </Stack>
  )
}

function AtField({
  at,
  onChange,
}: {
  readonly at: number | undefined
  readonly onChange: (at: number | undefined) => void
}) {
  return (
    <div>
      <TextInput
        type="datetime-local"
        label="Time"
        description={`In your time zone, ${localZone()}.`}
        w={{ base: '100%', sm: 260 }}
        ml={{ base: 0, sm: 30 }}
        defaultValue={at === undefined ? '' : asLocalInput(at)}
        onChange={(event) => onChange(fromLocalInput(event.currentTarget.value))}
      />
      {at !== undefined && (
        <Text size="sm" c="dimmed" mt={4} ml={{ base: 0, sm: 30 }} aria-live="polite">
          {bothTimes(at)}
        </Text>
      )}
    </div>
  )
}
