/** Nothing is said: connected is logged in. */
export class Protocol {
  connected(connection) {
    connection.loggedIn();
  }

  take(_connection, _bytes, _start, end) {
    return end;
  }
}
