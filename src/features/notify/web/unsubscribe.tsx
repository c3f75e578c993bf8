import { Button, List, Stack, Text } from '@mantine/core'
import { api, Front, Loaded, useAct, useApi, useParam } from '#web/kit/index.ts'
import { unsubscribing } from '../schema.ts'

/** Behind the link of a mail: what it stops, the button, and the way back. Opening it changes nothing. */
export function UnsubscribeScreen() {
  const token = useParam('token')
  const path = `/api/v1/unsubscribe/${token}`
  const answer = useApi(['unsubscribe', token], path, unsubscribing)
  const stop = useAct(() => api.post(`/unsubscribe/${token}`), { refresh: ['unsubscribe'] })
  const undo = useAct(() => api.post(`${path}/undo`), { refresh: ['unsubscribe'] })
  return (
    <Front title="Stop these mails">
      <Loaded of={answer}>
        {({ to, subscriptions }) => {
          const stopped = subscriptions.every((s) => s.paused)
          return (
            <Stack gap="md">
              <Text size="sm" role="status">
                {subscriptions.length === 0
                  ? 'What this mail came from was deleted already.'
                  : stopped
                    ? `${to} gets no more mails of:`
                    : `${to} gets mails of:`}
              </Text>
              <List size="sm">
                {subscriptions.map((s) => (
                  <List.Item key={s.label}>{s.label}</List.Item>
                ))}
              </List>
              {subscriptions.length > 0 &&
                (stopped ? (
                  <Button
                    variant="default"
                    fullWidth
                    loading={undo.isPending}
                    onClick={() => undo.mutate()}
                  >
                    Get them again
                  </Button>
                ) : (
                  <Button fullWidth loading={stop.isPending} onClick={() => stop.mutate()}>
                    Stop these mails
                  </Button>
                ))}
            </Stack>
          )
        }}
      </Loaded>
    </Front>
  )
}
