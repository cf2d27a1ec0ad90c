//! Where fields are recorded that have another form than expected.

use crate::base::units::Timestamp;
use crate::checks::trouble::{Category, Origin, Reason, Trouble};
use crate::mesos::wire::fault::ObjectFault;
use crate::mesos::wire::field::Misfits;
use crate::mesos::wire::lists::MisreadObjects;

/// Where fields of another form than expected are recorded, and when.
pub(super) struct TroubleLog<'a> {
    pub(super) trouble: &'a mut Trouble,
    pub(super) now: Timestamp,
}

impl TroubleLog<'_> {
    pub(super) fn again(&mut self) -> TroubleLog<'_> {
        TroubleLog { trouble: self.trouble, now: self.now }
    }

    pub(super) fn misfits(&mut self, what: &Origin, misfits: &Misfits, json: &str) {
        self.trouble.misfits(what, misfits, json, self.now);
    }

    pub(super) fn misread(&mut self, misread: &MisreadObjects<'_>) {
        for (what, misfits, object) in &misread.fields {
            self.misfits(&Origin::Listed(*what), misfits, &object.text());
        }
        for (what, object) in &misread.unidentified {
            let why = Some(Reason::Object(ObjectFault::Unidentified));
            self.trouble.report(Category::Misfit, Origin::Listed(*what), why, &object.text(), self.now);
        }
    }
}
