"""Signing in and out; the server ends a sign-in, not the browser."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select

from webapp import clock
from webapp.models import Account, SignIn
from webapp.services import audits, throttles
from webapp.services.transactions import DbSession, transaction

_hasher = PasswordHasher()  # Argon2id, RFC 9106's low-memory profile
# Verified when there is no such account, so that both answers take as long.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
_SEEN_EVERY = timedelta(minutes=1)

# Failures count for a quarter of an hour, and attempts refused for their number do not count:
# whoever waits can sign in.
FAILURES_WITHIN = timedelta(minutes=15)
MAX_OF_ACCOUNT_FROM_ADDRESS = 8
MAX_FROM_ADDRESS = 60
MAX_OF_ACCOUNT = 100  # from many addresses: high, or strangers could keep the owner out


class WrongCredentialsError(Exception):
    """No active account has this address and password; which of the two is not told."""


class TooManyFailuresError(Exception):
    """Wait up to ``FAILURES_WITHIN`` before the next attempt."""


@dataclass(frozen=True, slots=True)
class Limits:
    idle: timedelta
    absolute: timedelta


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password."""
    return _hasher.hash(password)


def sign_in(db_session: DbSession, email: str, password: str, address: str) -> Account:
    """Open a sign-in and return its account with ``sign_in_token`` set.

    ``address`` is where on the network the attempt comes from. Raise WrongCredentialsError or
    TooManyFailuresError.
    """
    email = email.strip().lower()
    limits = {
        f"sign-in {email} {address}": MAX_OF_ACCOUNT_FROM_ADDRESS,
        f"sign-in from {address}": MAX_FROM_ADDRESS,
        f"sign-in of {email}": MAX_OF_ACCOUNT,
    }
    for key, limit in limits.items():
        if throttles.is_throttled(db_session, key, limit, FAILURES_WITHIN):
            raise TooManyFailuresError
    try:
        account = _prove(db_session, email, password)
    except WrongCredentialsError:
        for key in limits:
            throttles.note_failure(db_session, key, FAILURES_WITHIN)
        raise
    throttles.forget(db_session, next(iter(limits)))
    open_sign_in(db_session, account)
    return account


def _prove(db_session: DbSession, email: str, password: str) -> Account:
    account: Account | None = db_session.scalar(select(Account).where(Account.email == email))
    try:
        _hasher.verify(account.password_hash if account else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError) as error:
        raise WrongCredentialsError from error
    if account is None or account.disabled_at is not None:
        raise WrongCredentialsError
    if _hasher.check_needs_rehash(account.password_hash):
        account.password_hash = _hasher.hash(password)
    return account


def open_sign_in(db_session: DbSession, account: Account) -> None:
    """Open a sign-in for an account that has proved who it is; set its ``sign_in_token``."""
    token = secrets.token_urlsafe(32)
    with transaction(db_session):
        db_session.add(SignIn(account=account, token_hash=_hash(token)))
        audits.record(db_session, account, "sign_in", account)
    account.sign_in_token = token


def find(db_session: DbSession, token: str, limits: Limits) -> SignIn | None:
    """Return the living sign-in of a token, or None when it has ended."""
    found: SignIn | None = db_session.scalar(
        select(SignIn).where(SignIn.token_hash == _hash(token))
    )
    if found is None or found.account.disabled_at is not None:
        return None
    moment = clock.now()
    if moment - found.last_seen_at > limits.idle or moment - found.created_at > limits.absolute:
        return None
    found.account.sign_in_token = token
    return found


def is_due(seen: SignIn) -> bool:
    """Tell whether ``last_seen_at`` is old enough to be written again."""
    return clock.now() - seen.last_seen_at > _SEEN_EVERY


def touch(db_session: DbSession, seen: SignIn) -> datetime:
    """Note that a page was asked for just now."""
    with transaction(db_session):
        seen.last_seen_at = clock.now()
    return seen.last_seen_at


def sign_out(db_session: DbSession, account: Account) -> None:
    """End the sign-in that ``account`` came with."""
    with transaction(db_session):
        db_session.execute(delete(SignIn).where(SignIn.token_hash == _hash(account.get_id())))
        audits.record(db_session, account, "sign_out", account)


def end_all(db_session: DbSession, account: Account) -> None:
    """End every sign-in of an account, in the running transaction."""
    db_session.execute(delete(SignIn).where(SignIn.account_id == account.id))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
