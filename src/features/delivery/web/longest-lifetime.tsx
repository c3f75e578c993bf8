import { useState } from 'react'
import { Button, Modal, Stack, TextInput } from '@mantine/core'
import { longestDays, surface, type Surface } from '#features/workspace/surfaces/schema.ts'
import { api, FormFoot, useAct } from '#web/kit/index.ts'

/** How long access tokens may be made to last from now on. Those that were made stay as they are. */
export function LongestLifetime({ of }: { readonly of: Surface }) {
  const [opened, setOpened] = useState(false)
  const [days, setDays] = useState('')
  const wanted = days.trim() === '' ? null : Number(days)
  const good = wanted === null || (Number.isInteger(wanted) && wanted >= 1 && wanted <= longestDays)
  const close = () => setOpened(false)
  const save = useAct(
    () =>
      api.put(`/api/v1/surfaces/${of.key}`, {
        body: { on: of.on, maxDays: wanted },
        schema: surface,
      }),
    { refresh: ['surfaces'], done: 'Saved', onDone: close },
  )
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setDays(of.maxDays === null ? '' : String(of.maxDays))
          setOpened(true)
        }}
      >
        Longest lifetime…
      </Button>
      <Modal opened={opened} onClose={close} title="Longest lifetime of access tokens">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate(undefined)
          }}
        >
          <Stack gap="md">
            <TextInput
              label="Days"
              description="Of tokens that are made from now on; others stay as they are. Empty: no limit."
              inputMode="numeric"
              w={200}
              value={days}
              error={good ? undefined : `A whole number from 1 to ${longestDays}.`}
              onChange={(event) => setDays(event.currentTarget.value)}
            />
            <FormFoot action="Save" busy={save.isPending} disabled={!good} onCancel={close} />
          </Stack>
        </form>
      </Modal>
    </>
  )
}
