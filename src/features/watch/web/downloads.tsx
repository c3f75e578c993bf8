import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'

interface DownloadsProps {
  /** What the server calls each form of the file, and what people do. */
  readonly forms: Readonly<Record<string, string>>
  readonly link: (form: string) => string
}

/** The same thing as files of several forms. */
export function Downloads({ forms, link }: DownloadsProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={15} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(forms).map(([form, name]) => (
          <Menu.Item key={form} component="a" href={link(form)} download>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
