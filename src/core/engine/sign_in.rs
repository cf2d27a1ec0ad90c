//! Who the master is reported that we are: the credentials, and what it made of them. Held in memory, and sent by the host alone.
//! Decides nothing about the connection; that is the session's.

use crate::engine::io::FailedRead;
use crate::engine::message::{CallerAccess, SignInState};
use crate::mesos::credentials::{Authorization, Credentials};

/// The credentials that every call carries, once a user has signed in.
#[derive(Debug, Default)]
pub(super) struct SignedIn {
    credentials: Option<Credentials>,
    access: CallerAccess,
}

impl SignedIn {
    /// A user has typed these.
    pub(super) fn sign_in(&mut self, credentials: Credentials) {
        self.access = CallerAccess { signing: SignInState::Pending, ..CallerAccess::default() };
        self.credentials = Some(credentials);
    }

    /// Forgets them. Says whether there was anything to forget.
    pub(super) fn sign_out(&mut self) -> bool {
        self.access = CallerAccess::default();
        self.credentials.take().is_some()
    }

    /// The master has started a stream, so it knows who asks, or does not want to.
    pub(super) fn accepted(&mut self) {
        (self.access.asked, self.access.expired) = (false, false);
        self.access.signing = if self.credentials.is_some() { SignInState::Accepted } else { SignInState::SignedOut };
    }

    /// The master refused the stream for want of credentials. Those that were sent are worth nothing, and forgotten.
    pub(super) fn refused(&mut self) -> bool {
        let wrong = self.credentials.take();
        let was_sent = wrong.is_some();
        if let Some(wrong) = wrong {
            self.access.signing = SignInState::Rejected(wrong.who);
        }
        was_sent
    }

    /// A read was refused while the stream goes on: that part is missing, and the screen says why.
    pub(super) fn read_refused(&mut self, failure: &FailedRead) {
        self.access.asked |= failure.status == Some(401);
        self.access.forbidden |= failure.status == Some(403);
        self.access.expired |= failure.is_expired;
    }

    /// A read was answered: whatever stood before the master lets calls through.
    pub(super) fn read_answered(&mut self) {
        self.access.expired = false;
    }

    /// A user tries without credentials: what was wrong with the last ones is of no concern any more.
    pub(super) fn forget_refusal(&mut self) {
        if let SignInState::Rejected(_) = self.access.signing {
            self.access.signing = SignInState::SignedOut;
        }
    }

    /// Whether another user is signed in than those credentials are of.
    pub(super) fn is_other(&self, credentials: &Credentials) -> bool {
        self.credentials.as_ref().is_some_and(|known| known.who != credentials.who)
    }

    /// Whether the master may hide things from the caller.
    pub(super) fn may_be_filtered(&self) -> bool {
        self.credentials.is_some() || self.access.forbidden
    }

    /// What goes into the header of each call.
    pub(super) fn authorization(&self) -> Option<Authorization> {
        self.credentials.as_ref().map(|credentials| credentials.authorization.clone())
    }

    /// For the pages, which ask some calls themselves.
    pub(super) fn credentials(&self) -> Option<Credentials> {
        self.credentials.clone()
    }

    /// What of it may be shown.
    pub(super) fn access(&self) -> &CallerAccess {
        &self.access
    }
}
