/** Elements without a framework. */
type Child = Node | string

/** An element with attributes and children. */
export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** Sets the text, touching the page only when it changes. */
export const setText = (node: Node, text: string): void => {
  if (node.textContent !== text) node.textContent = text
}

/** A panel with its heading. */
export const panel = (id: string, title: string, ...children: readonly Child[]): HTMLElement =>
  element(
    'section',
    { class: 'panel', id, 'aria-labelledby': `${id}-title` },
    element('h2', { id: `${id}-title` }, title),
    ...children,
  )

/** Shows or hides by the `hidden` attribute. */
export const show = (node: HTMLElement, shown: boolean): void => {
  if (node.hidden === shown) node.hidden = !shown
}

export interface Facts {
  readonly root: HTMLElement
  set(name: string, text: string, alarming?: boolean): void
}

/** A list of named figures. */
export const facts = (names: readonly string[]): Facts => {
  const values = new Map(names.map((name) => [name, element('dd', {}, '–')]))
  const root = element('dl', { class: 'facts' })
  for (const [name, value] of values) root.append(element('div', {}, element('dt', {}, name), value))
  return {
    root,
    set: (name, text, alarming = false) => {
      const value = values.get(name)
      if (value === undefined) return
      setText(value, text)
      value.classList.toggle('alarm', alarming)
    },
  }
}
