// The bar: name and state on the left, pages in the middle, the page's own tools on the right.

import { DesktopTools } from "../desktop/tools";
import { ToolButton } from "../parts/button";
import { Icon, Logo, type IconName } from "../parts/icon";
import { Menu } from "../parts/menu";
import { connect } from "../connection/connection";
import { floating, toggleFloating } from "../state/floating";
import { orTell } from "../state/notices";
import { theme, type Theme } from "../state/preferences";
import type { PageName } from "../state/route";
import { hasApi, hostName, may, session, signOut } from "../state/session";
import { barWatchers } from "./fold";
import { StateDot } from "./state_dot";

const pageNames: Readonly<Record<PageName, string>> = { desktop: "Desktop", monitor: "Monitor", status: "Status" };

function pagesFor(): PageName[] {
  const pages: PageName[] = ["desktop"];
  if (hasApi.value && may("monitor")) pages.push("monitor");
  if (hasApi.value && may("admin")) pages.push("status");
  return pages;
}

export function Bar({ page }: { page: PageName }) {
  const pages = pagesFor();
  return (
    <header class="bar" {...barWatchers}>
      <div class="brand">
        <Logo />
        <b>Oriel</b>
        <span class="slash" />
        <StateDot />
        <span class="host">{hostName.value}</span>
      </div>
      <nav class="pages" aria-label="Pages">
        {pages.length > 1 && pages.map((name) => <PageLink key={name} name={name} isCurrent={name === page} />)}
      </nav>
      <div class="tools" role="group" aria-label="Tools">
        {pages.length > 1 && <PageMenuButton page={page} />}
        {page === "desktop" && <DesktopTools />}
        <ThemeButton />
        {session.value?.password_required && session.value.authenticated && (
          <ToolButton icon="logOut" label="Sign out" class="wide-only" onClick={() => void orTell(leave)} />
        )}
      </div>
      {floating.value === "pages" && <PagesMenu pages={pages} page={page} />}
    </header>
  );
}

async function leave(): Promise<void> {
  await signOut();
  await connect();
}

function PageLink({ name, isCurrent }: { name: PageName; isCurrent: boolean }) {
  return (
    <a href={`#/${name}`} aria-current={isCurrent ? "page" : undefined}>
      {pageNames[name]}
    </a>
  );
}

function PageMenuButton({ page }: { page: PageName }) {
  return (
    <button
      type="button"
      class="tool narrow-only page-menu"
      aria-expanded={floating.value === "pages"}
      onClick={() => toggleFloating("pages")}
    >
      {pageNames[page]}
      <Icon name="chevronDown" />
    </button>
  );
}

function PagesMenu({ pages, page }: { pages: PageName[]; page: PageName }) {
  return (
    <Menu label="Pages" class="pages-menu">
      {pages.map((name) => (
        <a key={name} role="menuitem" href={`#/${name}`} aria-current={name === page ? "page" : undefined}>
          {pageNames[name]}
        </a>
      ))}
    </Menu>
  );
}

const themes: readonly { name: Theme; icon: IconName; words: string }[] = [
  { name: "system", icon: "sunMoon", words: "Colours: as the system" },
  { name: "light", icon: "sun", words: "Colours: light" },
  { name: "dark", icon: "moon", words: "Colours: dark" },
];

function ThemeButton() {
  const index = themes.findIndex(({ name }) => name === theme.value);
  const { icon, words } = themes[index] ?? themes[0]!;
  const next = themes[(index + 1) % themes.length]!;
  return <ToolButton icon={icon} label={words} onClick={() => (theme.value = next.name)} />;
}
