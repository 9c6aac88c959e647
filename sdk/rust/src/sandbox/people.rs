//! Test people. The same number always gives the same person, and no two numbers share an email address.

/// Displayed and in plain letters, for the email address. Names from several scripts, because records have them.
const FIRST: [(&str, &str); 24] = [
    ("Mara", "mara"),
    ("Zoë", "zoe"),
    ("Łukasz", "lukasz"),
    ("José", "jose"),
    ("Søren", "soren"),
    ("Émilie", "emilie"),
    ("Олена", "olena"),
    ("陽子", "yoko"),
    ("Ines", "ines"),
    ("Tariq", "tariq"),
    ("Priya", "priya"),
    ("Jürgen", "juergen"),
    ("Thảo", "thao"),
    ("Ayşe", "ayse"),
    ("Daniel", "daniel"),
    ("Grace", "grace"),
    ("Mateusz", "mateusz"),
    ("Νίκος", "nikos"),
    ("Amara", "amara"),
    ("Björk", "bjork"),
    ("Noah", "noah"),
    ("Siobhán", "siobhan"),
    ("Leila", "leila"),
    ("Tom", "tom"),
];

const LAST: [(&str, &str); 19] = [
    ("Lind", "lind"),
    ("O'Neill", "oneill"),
    ("Müller", "mueller"),
    ("Nguyễn", "nguyen"),
    ("García", "garcia"),
    ("Kowalski", "kowalski"),
    ("Шевченко", "shevchenko"),
    ("佐藤", "sato"),
    ("Okafor", "okafor"),
    ("Haddad", "haddad"),
    ("Sørensen", "sorensen"),
    ("Patel", "patel"),
    ("Yılmaz", "yilmaz"),
    ("Dubois", "dubois"),
    ("Smith-Jones", "smith-jones"),
    ("Παπαδόπουλος", "papadopoulos"),
    ("Þórsdóttir", "thorsdottir"),
    ("Roth", "roth"),
    ("van den Berg", "vandenberg"),
];

const COMPANIES: [&str; 13] = [
    "Northwind Traders",
    "Müller & Söhne GmbH",
    "Café Lumière",
    "Kite Analytics",
    "Öresund Logistik AB",
    "Blue Harbour Ltd",
    "Sakura 商事",
    "Fjord Data AS",
    "Casa Verde, S.L.",
    "Granite Peak",
    "Łódź Software",
    "Redwood \"R\" Partners",
    "Tidewater Co.",
];

const JOBS: [&str; 7] = [
    "Head of Operations",
    "Account Manager",
    "CTO",
    "Buyer",
    "Managing Director",
    "Marketing Lead",
    "Engineer",
];

/// City, region, postal code, country, and the country's telephone code.
const PLACES: [(&str, &str, &str, &str, &str); 8] = [
    ("Berlin", "Berlin", "10115", "Germany", "+49 30"),
    ("Dublin", "Leinster", "D02 X285", "Ireland", "+353 1"),
    ("São Paulo", "SP", "01310-100", "Brazil", "+55 11"),
    ("Kraków", "Małopolskie", "31-042", "Poland", "+48 12"),
    ("Boston", "MA", "02108", "United States", "+1 617"),
    ("大阪市", "大阪府", "530-0001", "Japan", "+81 6"),
    ("København", "Hovedstaden", "1050", "Denmark", "+45"),
    ("Bengaluru", "Karnataka", "560001", "India", "+91 80"),
];

/// A person for test data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// In any script.
    pub first_name: &'static str,
    /// In any script.
    pub last_name: &'static str,
    /// Plain letters, unique, and under a domain that never receives mail.
    pub email: String,
    /// With the country's code.
    pub phone: String,
    /// The name of a company.
    pub company: &'static str,
    /// What the person does there.
    pub job_title: &'static str,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: &'static str,
    /// State, province or county.
    pub region: &'static str,
    /// In the country's form.
    pub postal_code: &'static str,
    /// In English.
    pub country: &'static str,
}

/// The person with this number.
pub fn person(number: u64) -> Person {
    // The tables' lengths have no common factor, so pairs repeat late: 24 * 19 people before the first namesake.
    let (first_name, first_plain) = pick(&FIRST, number);
    let (last_name, last_plain) = pick(&LAST, number);
    let (city, region, postal_code, country, code) = pick(&PLACES, number);
    Person {
        first_name,
        last_name,
        email: format!("{first_plain}.{last_plain}.{number}@example.com"),
        phone: format!("{code} 555 {:04}", (number * 7_919 + 1_234) % 10_000),
        company: pick(&COMPANIES, number),
        job_title: pick(&JOBS, number),
        street: format!("{} Harbour Street", number % 180 + 1),
        city,
        region,
        postal_code,
        country,
    }
}

fn pick<T: Copy + Default, const N: usize>(table: &[T; N], number: u64) -> T {
    let index = usize::try_from(number % N as u64).unwrap_or_default();
    table.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_number_gives_the_same_person() {
        assert_eq!(person(17), person(17));
        assert_ne!(person(17), person(18));
    }

    #[test]
    fn addresses_are_unique_and_plain() {
        let emails: BTreeSet<String> = (0..2_000).map(|number| person(number).email).collect();
        assert_eq!(emails.len(), 2_000);
        assert!(
            emails
                .iter()
                .all(|email| email.is_ascii() && email.ends_with("@example.com"))
        );
    }

    #[test]
    fn names_repeat_late() {
        let names: BTreeSet<_> = (0..456)
            .map(|number| (person(number).first_name, person(number).last_name))
            .collect();
        assert_eq!(names.len(), 456);
    }
}
