import { useState } from 'react'
import { Button, Modal } from '@mantine/core'
import { api, SecretOnce } from '#web/kit/index.ts'
import { issuedDestination, type IssuedDestination } from '../schema.ts'
import { bodyOf, DestinationForm, empty } from './destination-form.tsx'

/** The button, the form, and the secret of a webhook, which is shown once. */
export function NewDestination() {
  const [opened, setOpened] = useState(false)
  const [issued, setIssued] = useState<IssuedDestination>()
  const close = (): void => setOpened(false)
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => setOpened(true)}>
        New export
      </Button>
      <Modal opened={opened} onClose={close} title="New export" size="lg">
        <DestinationForm
          initial={empty}
          isNew
          action="Add export"
          done="Files are sent from now on"
          send={(values) =>
            api.post('/api/v1/compliance/destinations', {
              body: { ...bodyOf(values), from: values.from ? 'beginning' : 'now' },
              schema: issuedDestination,
            })
          }
          onCancel={close}
          onDone={(made) => {
            close()
            if (made.secret !== null) setIssued(made)
          }}
        />
      </Modal>
      <SecretOnce
        secret={issued?.secret ?? undefined}
        title={`Secret of ${issued?.destination.name ?? ''}`}
        onStored={() => setIssued(undefined)}
      >
        Give it to the receiver: with it every message can be checked (Standard Webhooks).
      </SecretOnce>
    </>
  )
}
