import { useState, type ChangeEvent } from 'react'
import { z } from 'zod'
import { Anchor, Button, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { FormFoot } from './form-foot.tsx'
import { answerWithPasskey, passkeysSupported } from './passkey.ts'
import { Loaded } from './states.tsx'
import { stringifySearch } from '../address.ts'
import { api, ApiError } from '../api.ts'
import { useApi } from '../query.ts'

type Answer = (confirmed: boolean) => void
let ask: ((answer: Answer) => void) | undefined

/** Asks her to confirm that it is still her. Resolves to whether she did; false when nobody can be asked. */
export function reauthenticate(): Promise<boolean> {
  return new Promise((resolve) => {
    if (ask === undefined) resolve(false)
    else ask(resolve)
  })
}

/** Mounted once by the application. Several calls refused at the same time share one question. */
export function ReauthenticateDialog() {
  const [waiting, setWaiting] = useState<readonly Answer[]>([])
  const settle = (confirmed: boolean) => {
    for (const answer of waiting) answer(confirmed)
    setWaiting([])
  }
  const listen = (mounted: HTMLElement | null) => {
    ask = mounted === null ? undefined : (answer) => setWaiting((before) => [...before, answer])
  }
  return (
    <div ref={listen}>
      <Modal
        opened={waiting.length > 0}
        onClose={() => settle(false)}
        title="Confirm that it is you"
        size="sm"
        zIndex={400}
      >
        <Question onConfirmed={() => settle(true)} onCancel={() => settle(false)} />
      </Modal>
    </div>
  )
}

const path = '/api/v1/session/reauthenticate'
const ways = z.object({
  password: z.boolean(),
  passkey: z.boolean(),
  code: z.boolean(),
  providers: z.array(z.object({ id: z.string(), name: z.string(), startUrl: z.string() })),
})
type Ways = z.infer<typeof ways>

function Question(props: { readonly onConfirmed: () => void; readonly onCancel: () => void }) {
  const answer = useApi(['confirmations'], '/api/v1/session/confirmations', ways)
  return (
    <Stack gap="md">
      <Text size="sm">
        This act needs to know that it is still you. You are not asked for a while afterwards.
      </Text>
      <Loaded of={answer}>{(mine) => <Choices {...props} of={mine} />}</Loaded>
    </Stack>
  )
}

interface ChoicesProps {
  readonly of: Ways
  readonly onConfirmed: () => void
  readonly onCancel: () => void
}

function Choices({ of: mine, onConfirmed, onCancel }: ChoicesProps) {
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState<'text' | 'passkey'>()
  const passkey = mine.passkey && passkeysSupported()
  const confirm = async (way: typeof busy, body: () => Promise<object>) => {
    setBusy(way)
    setError(undefined)
    try {
      await api.post(path, { body: await body() })
      onConfirmed()
    } catch (thrown) {
      setError(thrown instanceof ApiError ? thrown.message : 'It did not work.')
    } finally {
      setBusy(undefined)
    }
  }
  const proof = async () => ({
    passkey: await answerWithPasskey('/api/v1/session/passkey/proof'),
  })
  // Where she came from, so that she is led back.
  const next = window.location.pathname + window.location.search
  return (
    <>
      {passkey && (
        <Button
          variant="default"
          fullWidth
          loading={busy === 'passkey'}
          onClick={() => void confirm('passkey', proof)}
        >
          Use a passkey
        </Button>
      )}
      {mine.providers.map((provider) => (
        <Button
          key={provider.id}
          component="a"
          variant="default"
          fullWidth
          href={provider.startUrl + stringifySearch({ next })}
        >
          Confirm at {provider.name}
        </Button>
      ))}
      {mine.password || mine.code ? (
        <Typed
          of={mine}
          error={error}
          busy={busy === 'text'}
          onSubmit={(body) => void confirm('text', () => Promise.resolve(body))}
          onCancel={onCancel}
        />
      ) : (
        <>
          {error !== undefined && (
            <Text size="sm" c="red" role="alert">
              {error}
            </Text>
          )}
          {!passkey && mine.providers.length === 0 && (
            <Text size="sm">Sign out and in again: that confirms it too.</Text>
          )}
        </>
      )}
    </>
  )
}

interface TypedProps {
  readonly of: Ways
  readonly error: string | undefined
  readonly busy: boolean
  readonly onSubmit: (body: object) => void
  readonly onCancel: () => void
}

/** The password, or the code of the authenticator app in its place. */
function Typed({ of: mine, error, busy, onSubmit, onCancel }: TypedProps) {
  const [byCode, setByCode] = useState(!mine.password)
  const [text, setText] = useState('')
  const common = {
    // It arrives after the dialog has looked for its first field.
    autoFocus: true,
    value: text,
    error,
    onChange: (event: ChangeEvent<HTMLInputElement>) => setText(event.currentTarget.value),
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        // This dialog may stand inside another form's tree; React events bubble through portals.
        event.stopPropagation()
        onSubmit(byCode ? { code: text } : { password: text })
      }}
    >
      <Stack gap="md">
        {byCode ? (
          <TextInput
            label="Code of your authenticator app"
            inputMode="numeric"
            autoComplete="one-time-code"
            {...common}
          />
        ) : (
          <PasswordInput label="Password" autoComplete="current-password" {...common} />
        )}
        {mine.password && mine.code && (
          <Anchor
            component="button"
            type="button"
            size="sm"
            c="dimmed"
            onClick={() => {
              setByCode(!byCode)
              setText('')
            }}
          >
            {byCode ? 'Use the password' : 'Use a code of the authenticator app'}
          </Anchor>
        )}
        <FormFoot action="Confirm" busy={busy} disabled={text === ''} onCancel={onCancel} />
      </Stack>
    </form>
  )
}
