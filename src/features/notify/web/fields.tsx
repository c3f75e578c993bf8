import {
  Checkbox,
  SegmentedControl,
  SimpleGrid,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import type { useForm } from '@mantine/form'
import { timeZones, type Values } from './form.ts'
import { weekdays } from './words.tsx'

const hours = Array.from({ length: 24 }, (_, h) => ({
  value: String(h),
  label: `${String(h).padStart(2, '0')}:00`,
}))

/** What a new subscription and a changed one have in common. */
export function SubscriptionFields({
  form,
}: {
  readonly form: ReturnType<typeof useForm<Values>>
}) {
  const { rhythm } = form.getValues()
  return (
    <>
      <TextInput
        label="Only changes that contain"
        description="Part of a changed line, in whatever case. Empty: every change."
        placeholder="requirements.toml"
        autoComplete="off"
        {...form.getInputProps('term')}
      />
      <Stack gap={6}>
        <Text size="sm" fw={500} component="span" id="rhythm">
          When
        </Text>
        <SegmentedControl
          aria-labelledby="rhythm"
          data={[
            { value: 'now', label: 'At once' },
            { value: 'daily', label: 'Daily digest' },
            { value: 'weekly', label: 'Weekly digest' },
          ]}
          {...form.getInputProps('rhythm')}
        />
      </Stack>
      {rhythm !== 'now' && (
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
          {rhythm === 'weekly' && (
            <Select
              label="Day"
              data={weekdays.map((label, i) => ({ value: String(i + 1), label }))}
              allowDeselect={false}
              {...form.getInputProps('weekday')}
            />
          )}
          <Select label="Hour" data={hours} allowDeselect={false} {...form.getInputProps('hour')} />
          <Select
            label="Time zone"
            searchable
            data={timeZones(form.getValues().timeZone)}
            allowDeselect={false}
            {...form.getInputProps('timeZone')}
          />
        </SimpleGrid>
      )}
      <Stack gap={8}>
        <Checkbox
          label="Show changes of formatting as well"
          description="Steps of nothing but formatting are never told."
          {...form.getInputProps('formatting', { type: 'checkbox' })}
        />
        <Checkbox
          label="Tell when pages cannot be fetched"
          description="After three failures in a row; always at once."
          {...form.getInputProps('trouble', { type: 'checkbox' })}
        />
      </Stack>
    </>
  )
}
