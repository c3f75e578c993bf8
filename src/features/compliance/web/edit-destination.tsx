import { useState } from 'react'
import { Button, Modal } from '@mantine/core'
import { api } from '#web/kit/index.ts'
import { destination, type Destination } from '../schema.ts'
import { bodyOf, DestinationForm, empty, type Values } from './destination-form.tsx'

/** Changes where an export goes, or its secret; it goes on after the last file that arrived. */
export function EditDestination({ of: d }: { readonly of: Destination }) {
  const [opened, setOpened] = useState(false)
  const close = (): void => setOpened(false)
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Change ${d.name}`}
        onClick={() => setOpened(true)}
      >
        Change
      </Button>
      <Modal opened={opened} onClose={close} title={`Change ${d.name}`} size="lg">
        <DestinationForm
          initial={valuesOf(d)}
          isNew={false}
          action="Save"
          done="Saved; it goes on after the last file that arrived"
          send={(values) =>
            api.put(`/api/v1/compliance/destinations/${d.id}`, {
              body: { ...bodyOf(values), revision: d.revision },
              schema: destination,
            })
          }
          onCancel={close}
          onDone={close}
        />
      </Modal>
    </>
  )
}

/** The form as it is now. Secrets, and with them the address of a webhook, are not told again: left empty they stay. */
function valuesOf(d: Destination): Values {
  const { url: _url, ...settings } = d.settings
  const known = Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      value === null ? [] : [[name, typeof value === 'number' ? String(value) : value]],
    ),
  )
  return { ...empty, ...known, name: d.name, kind: d.kind, eventTypes: d.eventTypes }
}
