// Something the user asked for wrongly: the command line prints the message in one line and exits with 2.
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
