import { useState } from 'react'
import { ActionIcon, Menu } from '@mantine/core'
import {
  IconArchive,
  IconArchiveOff,
  IconCopy,
  IconDots,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react'
import { api, Confirm, useAct, useCan, useGo } from '#web/kit/index.ts'
import { policyDetail } from '../schema.ts'
import { NameDialog } from './name-dialog.tsx'
import type { PolicyDetail } from './words.ts'

type Dialog = 'rename' | 'duplicate' | 'archive' | 'delete'

/** What can be done with a policy beside publishing it. */
export function PolicyActs({ policy }: { readonly policy: PolicyDetail }) {
  const may = useCan('policies.edit')
  const go = useGo()
  const [dialog, setDialog] = useState<Dialog>()
  const path = `/api/v1/policies/${policy.id}`
  const archive = useAct(
    (verb: 'archive' | 'unarchive') =>
      api.post(`${path}/${verb}`, { body: { revision: policy.revision }, schema: policyDetail }),
    { refresh: ['policies'], onError: () => dialog !== undefined },
  )
  const remove = useAct(() => api.delete(path), {
    done: 'Deleted',
    onDone: () => go('/policies'),
    onError: () => true,
  })
  if (!may) return null
  const close = () => setDialog(undefined)
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={32} aria-label="More acts">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setDialog('rename')}>
            Rename or describe…
          </Menu.Item>
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => setDialog('duplicate')}>
            Duplicate as a variant…
          </Menu.Item>
          {policy.archivedAt === null ? (
            <Menu.Item leftSection={<IconArchive size={15} />} onClick={() => setDialog('archive')}>
              Archive…
            </Menu.Item>
          ) : (
            <Menu.Item
              leftSection={<IconArchiveOff size={15} />}
              onClick={() => archive.mutate('unarchive')}
            >
              Take out of the archive
            </Menu.Item>
          )}
          {policy.published === null && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={15} />}
              onClick={() => setDialog('delete')}
            >
              Delete…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <NameDialog
        opened={dialog === 'rename'}
        onClose={close}
        title={`Rename ${policy.name}`}
        action="Save"
        hint="Developers see it as the source of a restriction, from their client’s next fetch on."
        start={policy}
        act={({ name, description }) =>
          api.patch(path, {
            body: { name, description, revision: policy.revision },
            schema: policyDetail,
          })
        }
        onDone={close}
      />
      <NameDialog
        opened={dialog === 'duplicate'}
        onClose={close}
        title={`A variant of ${policy.name}`}
        action="Make variant"
        start={{ name: `${policy.name} (variant)`, description: policy.description }}
        act={({ name, description }) =>
          api.post(`${path}/duplicate`, { body: { name, description }, schema: policyDetail })
        }
        onDone={(made) => go(`/policies/${made.id}`)}
      />
      <Confirm
        opened={dialog === 'archive'}
        onClose={close}
        title={`Archive ${policy.name}?`}
        action="Archive"
        danger={false}
        onConfirm={() => archive.mutateAsync('archive')}
      >
        Its versions stay and can be looked at. Only a policy that nothing uses can be archived;
        nobody’s policy changes by it. You can take it out again.
      </Confirm>
      <Confirm
        opened={dialog === 'delete'}
        onClose={close}
        title={`Delete ${policy.name}?`}
        action="Delete"
        onConfirm={() => remove.mutateAsync(undefined)}
      >
        It was never published, so it reaches nobody. Its draft is gone for good.
      </Confirm>
    </>
  )
}
