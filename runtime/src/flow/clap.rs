//! The flags of a flow among those of an application that uses `clap`.

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::arguments::{FlowArguments, SETTINGS};

/// Flags of a flow, for `#[command(flatten)]`. What they say goes before the environment, which `clap` does not read.
impl Args for FlowArguments {
    fn augment_args(command: Command) -> Command {
        SETTINGS.iter().fold(command, |command, setting| {
            let help = format!("{} [env: {}]", setting.help, setting.variable);
            command.arg(Arg::new(setting.flag).long(setting.flag).value_name(setting.value).help(help))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FlowArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut arguments = Self::none();
        arguments.update_from_arg_matches(matches)?;
        Ok(arguments)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for setting in SETTINGS {
            if let Some(value) = matches.get_one::<String>(setting.flag) {
                self.push(setting.flag, value.clone());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_a_flow_stand_among_others() {
        let command = FlowArguments::augment_args(Command::new("app").arg(Arg::new("database").long("database")));
        command.clone().debug_assert();
        let matches = command.get_matches_from(["app", "--database", "d", "--bind", "a:1"]);
        let arguments = FlowArguments::from_arg_matches(&matches).expect("they are right");
        assert_eq!(arguments, FlowArguments::parse(["--bind", "a:1"]).expect("they are right"));
    }
}
