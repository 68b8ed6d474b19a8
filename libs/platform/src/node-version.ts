const REQUIRED = { major: 24, minor: 15 };

/** `node dist/…` typed in a shell takes whatever Node is on the path; npm scripts take the pinned one. */
export function requireNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > REQUIRED.major || (major === REQUIRED.major && minor >= REQUIRED.minor);
  if (enough) return;
  const wanted = `${REQUIRED.major}.${REQUIRED.minor}`;
  throw new Error(
    `Parley needs Node ${wanted} or newer, this is ${process.versions.node}; use the npm scripts`,
  );
}
