import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { fileForms } from '../../files/schema.ts'

interface Props {
  /** To which `/{form}` is added: the files of one version, or of what somebody gets. */
  readonly path: string
  /** Behind the path: `?group=…`. */
  readonly search?: string
  /** Whether there is a config.toml beside the requirements. */
  readonly defaults: boolean
}

/** A policy as a file for the other ways of delivery, each with where it goes. */
export function DownloadMenu({ path, search = '', defaults }: Props) {
  return (
    <Menu position="bottom-end" width={340}>
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {fileForms
          .filter(({ id }) => id !== 'defaults' || defaults)
          .map(({ id, title, where }) => (
            <Menu.Item key={id} component="a" href={`${path}/${id}${search}`} download>
              {title}
              <Text size="xs" c="dimmed">
                {where}
              </Text>
            </Menu.Item>
          ))}
        <Menu.Label>A copy: later versions do not reach it by themselves.</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  )
}
