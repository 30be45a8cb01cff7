"""Dovecot's configuration for a test, in the syntax of 2.3 and in that of 2.4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SPECIAL = ("Sent", "Drafts", "Junk", "Archive")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server keeps its things, its two ports, and the user and group that own the mail."""

    folder: Path
    ports: tuple[int, int]
    account: tuple[str, str]
    root: bool


def settings_2_3(place: Place, capability: str) -> str:
    """The whole file for Dovecot 2.3; `capability` replaces what the server says it can do, "" does not."""
    folder, (user, group) = place.folder, place.account
    return f"""
{_common(place)}
disable_plaintext_auth = yes
mail_location = maildir:~/Maildir
mail_home = {folder}/mail/%u
ssl_cert = <{folder}/leaf.pem
ssl_key = <{folder}/leaf.key
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {folder}/oauth2.conf.ext
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
{_services(place)}
protocol imap {{
  mail_max_userip_connections = 100
  rawlog_dir = {folder}/wire/%u
{f"  imap_capability = {capability}" if capability else ""}
}}
"""


def settings_2_4(place: Place, capability: str) -> str:
    """The whole file for Dovecot 2.4."""
    folder, (user, group) = place.folder, place.account
    return f"""
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
{_common(place)}
auth_allow_cleartext = no
mail_driver = maildir
mail_path = ~/Maildir
mail_home = {folder}/mail/%{{user}}
ssl_server_cert_file = {folder}/leaf.pem
ssl_server_key_file = {folder}/leaf.key
oauth2 {{
  introspection_mode = local
  username_attribute = sub
  oauth2_local_validation {{
    dict fs {{
      fs posix {{
        prefix = {folder}/keys/
      }}
    }}
  }}
}}
passdb oauth2 {{
  mechanisms_filter = oauthbearer xoauth2
}}
passdb passwd-file {{
  mechanisms_filter = plain login
  default_password_scheme = PLAIN
  passwd_file_path = {folder}/users
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {folder}/mail/%{{user}}
  }}
}}
{_services(place)}
protocol imap {{
  mail_max_userip_connections = 100
  rawlog_dir = {folder}/wire/%{{user}}
{f"  imap_capability = {capability}" if capability else ""}
}}
"""


def _common(place: Place) -> str:
    folder, (user, group) = place.folder, place.account
    inside = "dovecot" if place.root else user
    login = "dovenull" if place.root else user
    mailboxes = "".join(
        f"  mailbox {name} {{\n    special_use = \\{name}\n    auto = subscribe\n  }}\n" for name in _SPECIAL
    )
    return f"""
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {inside}
default_internal_group = {"dovecot" if place.root else group}
default_login_user = {login}
auth_mechanisms = plain login oauthbearer xoauth2
auth_failure_delay = 0
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_fsync = never
ssl = yes
namespace inbox {{
  inbox = yes
  separator = /
{mailboxes}}}
"""


def _services(place: Place) -> str:
    # Only root may chroot; and without the penalty socket a failed login does not delay the next by seconds.
    chroot = "" if place.root else "  chroot =\n"
    port, tls_port = place.ports
    return f"""
service imap-login {{
{chroot}  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
{chroot}  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
{chroot}}}
"""
