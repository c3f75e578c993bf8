import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, ConfirmButton, Effect, Rows, Section, Time, useAct } from '#web/kit/index.ts'
import type { Collection } from '../schema.ts'
import type { Addresses } from './address.ts'

/** Headers and cookies that a source needs. They go in and never come out again. */
export function SourceSecrets({ at, of: c }: { readonly at: Addresses; readonly of: Collection }) {
  const form = useForm({ initialValues: { origin: '', name: 'authorization', value: '' } })
  const set = useAct(
    (body: { origin: string; name: string; value: string | null }) =>
      api.put(`${at.api}/secrets`, { body }),
    {
      done: (_, body) => (body.value === null ? 'Removed' : 'Stored'),
      refresh: ['collections'],
      onDone: () => form.reset(),
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <Section
      title="Headers that are secret"
      about="Sent to their origin alone, never across a redirect to another one. Stored encrypted; nobody can read them here."
    >
      <Stack gap="sm">
        {c.secrets.length > 0 && (
          <Rows
            label="Secret headers"
            rows={c.secrets}
            rowKey={(s) => `${s.origin} ${s.name}`}
            columns={[
              { key: 'origin', header: 'Origin', cell: (s) => s.origin },
              { key: 'name', header: 'Header', cell: (s) => <code>{s.name}</code> },
              {
                key: 'set',
                header: 'Set',
                cell: (s) => (
                  <>
                    <Time at={s.setAt} /> by {s.setBy}
                  </>
                ),
                wideOnly: true,
              },
              {
                key: 'act',
                header: '',
                cell: (s) => (
                  <ConfirmButton
                    label="Remove"
                    title={`Remove ${s.name} for ${s.origin}?`}
                    action="Remove"
                    onConfirm={() =>
                      set.mutateAsync({ origin: s.origin, name: s.name, value: null })
                    }
                  >
                    <Effect
                      touches="Fetches from this origin go without it, from the next one on."
                      undo="Enter it again."
                    />
                  </ConfirmButton>
                ),
              },
            ]}
          />
        )}
        <form onSubmit={form.onSubmit((values) => set.mutate(values))}>
          <Group align="flex-start" gap="sm">
            <TextInput
              label="Origin"
              placeholder="https://docs.example.com"
              style={{ flex: '2 1 200px' }}
              {...form.getInputProps('origin')}
            />
            <TextInput
              label="Header"
              style={{ flex: '1 1 120px' }}
              {...form.getInputProps('name')}
            />
            <PasswordInput
              label="Value"
              autoComplete="off"
              style={{ flex: '2 1 200px' }}
              {...form.getInputProps('value')}
            />
            <Button type="submit" variant="default" mt={24} loading={set.isPending}>
              Store
            </Button>
          </Group>
        </form>
        <Text size="xs" c="dimmed">
          A cookie is the header <code>cookie</code>.
        </Text>
      </Stack>
    </Section>
  )
}
