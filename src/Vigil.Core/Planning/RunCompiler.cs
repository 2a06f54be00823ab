using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Makes the planned run out of a named draft.</summary>
internal sealed class RunCompiler(PlanRequest request, ExperimentHeader experiment, SiblingSettlement siblings, FrozenTrees frozen, SpecReader specs, DiagnosticBag report)
{
    private readonly YamlEmitter _yaml = new(LiteralRule.Escaped);
    private readonly SlurmJobs _slurm = new(request, report);

    private readonly RunFiles _files = new(experiment, report);
    private readonly Artifacts _artifacts = new(experiment, report);
    private readonly RuleSets _rules = new(report);
    private readonly WorkHash _work = new(new(LiteralRule.Escaped));
    private readonly Channels _channels = new(frozen, request.World, report);

    /// <summary>The rules of the runs compiled so far.</summary>
    public ImmutableArray<RuleSet> RuleSets => _rules.All;

    /// <summary>The channels of the runs compiled so far.</summary>
    public ChannelSet Channels => _channels.Set;

    /// <summary>A run's final tree; null when what it reads of its siblings is wrong, which was reported.</summary>
    public ConfigNode.Mapping? Resolved(NamedRun run) => siblings.Of(run)?.Tree;

    /// <summary>The same frozen; null where there is none.</summary>
    public FrozenConfig? Freeze(NamedRun run)
    {
        if (Resolved(run) is not { } resolved) return null;
        var spec = specs.Read(resolved);
        var workDir = WorkDir(spec);
        var tree = Frozen(run, resolved, workDir);
        var compat = Compatibility.Of(spec, report);
        return new(new(run.Name), _yaml.Emit(tree), JsonEmitter.Emit(tree), _yaml.Emit(Pin(siblings.Frozen(run), workDir))) { PointOverrides = PointOverrides.Of(run.Draft), Files = _files.Of(run, tree, compat), Form = compat is null ? null : _files.Form(run, tree) };
    }

    /// <summary>Null when what the run reads of its siblings is wrong, which was reported.</summary>
    public PlannedRun? Compile(NamedRun run)
    {
        if (siblings.Of(run) is not { } settled) return null;
        var tree = settled.Tree;
        var spec = specs.Read(tree);
        TrainingValueChecks.Check(tree, report);
        var (command, values) = Command(settled, spec);
        var sections = spec.Scheduler.Type == "slurm" ? _slurm.Sections(spec) : null;
        if (sections is null && spec.Container is not null)
            report.Warning("SLM024", spec.Tree["container"]!.At, "'container' has no effect with the local scheduler: the command runs as it is", "scheduler: slurm; or name the container in backend.command");
        if (sections is not null) values = WithSlurm(values, sections, settled, spec);
        var (rules, lifecycle) = Watch(settled, spec, ref values);
        var env = spec.Env.IsEmpty ? spec.Env : spec.Env.Select(v => KeyValuePair.Create(v.Key, Literal(v.Key, v.Value, run, spec))).ToImmutableSortedDictionary(StringComparer.Ordinal);
        var workDir = WorkDir(spec);
        var frozenTree = Frozen(run, tree, workDir);
        var compat = Compat(run, spec);
        // For their mistakes: they are made again when the run is frozen.
        _files.Of(run, frozenTree, compat);
        if (compat is not null) _files.Form(run, frozenTree);
        _channels.Take(tree, frozenTree, () => siblings.Frozen(run), run.Name);
        var resolved = _yaml.Emit(frozenTree);
        var evaluation = spec.Project.Evaluation is { } evaluated ? RunPlaces.Evaluated(evaluated) : null;
        return new PlannedRun
        {
            Id = new(run.Name),
            Point = run.Point,
            Stage = spec.Stage,
            Index = run.Draft.Index,
            OutputDir = run.OutputDir,
            LogPath = run.LogPath,
            LogPathCurrent = run.LogPathCurrent,
            DependsOn = [.. siblings.After(settled, spec.DependsOn).Select(static n => new RunId(n))],
            Watches = [.. settled.Watches.Concat(evaluation?.Training is { } training && !settled.Watches.Contains(training.Value) ? [training.Value] : []).Select(static n => new RunId(n))],
            Evaluation = evaluation,
            Artifacts = _artifacts.Of(run, tree),
            Compat = compat,
            Overrides = [.. run.Draft.Coordinates.Where(static c => c.IsInForce).Select(static c => new Coordinate(c.Key, c.Text))],
            Command = command,
            Placeholders = values,
            WorkDir = workDir,
            Env = env,
            EnvDefaults = spec.Job.EnvDefaults,
            Resources = new(spec.Local.CpusPerRun, spec.Local.GpusPerRun),
            TimeLimit = spec.TimeLimit,
            Priority = spec.Local.Priority,
            Restart = Restart(spec),
            Slurm = sections is null ? null : _slurm.Of(sections, run, workDir, text => Known(text, run, spec)),
            GpuHours = (spec.TimeLimit?.TotalHours ?? 0) * spec.Gpus,
            Rules = rules,
            Lifecycle = lifecycle,
            ConfigHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(resolved))),
            WorkHash = _work.Of(frozenTree, resolved),
        };
    }

    private string? Compat(NamedRun run, ExperimentSpec spec)
    {
        var compat = Compatibility.Of(spec, report);
        if (compat is not null && run.LogPathCurrent is null)
            report.Error("PLN066", Merging.Find(spec.Tree, ["project", "log_path_current"])!.At, "training.log leads to the newest log by current.log, and 'project.log_path_current: null' leaves that one out", "take it out; or leave out the files for FluxGym as well: project.compat: none");
        return compat;
    }

    /// <summary>The resolved tree as it is frozen. The command still names siblings: what they gave stands beside it.</summary>
    private ConfigNode.Mapping Frozen(NamedRun run, ConfigNode.Mapping resolved, string workDir)
    {
        var tree = Pin(frozen.Of(run, resolved, () => siblings.Frozen(run)), workDir);
        return run.Draft.NeedsSiblings && SiblingScan.Mentions(tree) && siblings.Frozen(run)["sibling"] is { } read && tree["sibling"] is null ? new(tree.At, tree.Entries.Add(new("sibling", tree.At, read))) : tree;
    }

    private ConfigNode.Mapping Pin(ConfigNode.Mapping tree, string workDir) => FrozenPlaces.Pin(tree, experiment, workDir, request.CurrentFolder);

    private string WorkDir(ExperimentSpec spec)
    {
        if (spec.Scheduler.Type == "slurm" && spec.Slurm.Host is { } host)
        {
            // The experiment file's folder is not there.
            if (spec.Project.WorkDir is not { Length: > 0 } there) return spec.Slurm.Dir ?? "/";
            if (there is not ['/', ..]) report.Error("SLM042", Merging.Find(spec.Tree, ["project", "work_dir"])!.At, $"'project.work_dir: {there}' must be an absolute path on {host}: the command starts there", "left out, it is slurm.dir");
            return Path.GetFullPath(there, "/");
        }
        var folder = Path.GetDirectoryName(request.Experiment.FullPath) ?? "/";
        return spec.Project.WorkDir is { Length: > 0 } given ? Path.GetFullPath(given, folder) : folder;
    }

    private static RestartPolicy Restart(ExperimentSpec whole)
    {
        if (whole.Job.Restart is not { } spec) return RestartPolicy.Default;
        return new(spec.MaxAttempts, spec.DelaySeconds, spec.Causes is { IsDefault: false } causes ? [.. causes.Select(Cause).Distinct()] : RestartPolicy.Default.Causes)
        {
            MaxGpuHours = spec.MaxGpuHours,
            Budgets = spec.Budgets is not null && Merging.Find(whole.Tree, ["job", "restart", "budgets"]) is ConfigNode.Mapping budgets
                ? [.. budgets.Entries.Select(static e => (e.Key, Value: (e.Value as ConfigNode.Scalar)?.Value)).Where(static e => e.Value is ScalarValue.Whole).Select(static e => new CauseBudget(Cause(e.Key), (int)((ScalarValue.Whole)e.Value!).Value))]
                : null,
        };
    }

    private static FailureCause Cause(string word) => word switch
    {
        "infrastructure" => FailureCause.Infrastructure,
        "timeout" => FailureCause.Timeout,
        "hang" => FailureCause.Hang,
        "numeric" => FailureCause.Numeric,
        "crash" => FailureCause.Crash,
        _ => FailureCause.UserError, // reported already: such a plan has errors
    };

    private (CommandTemplate, ImmutableSortedDictionary<string, string>) Command(SettledRun settled, ExperimentSpec spec)
    {
        var values = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);
        (CommandTemplate Template, IEnumerable<string> Texts) command = spec.Command switch
        {
            CommandSpec.Line { Text: var line } => (new CommandTemplate.Line(line), [line]),
            CommandSpec.Words { Items: var words, Groups: var groups } => (new CommandTemplate.Words(words) { Groups = groups.IsEmpty ? null : groups }, words),
            _ => (new CommandTemplate.Line(""), []),
        };
        foreach (var name in command.Texts.SelectMany(static t => PlaceholderText.Parse(t).Names).Distinct())
            values = WithValue(values, name, Placeholders.PlaceOf(name, spec.Command), "backend.command", settled, spec);
        return (command.Template, values);
    }

    /// <summary>The values with one more, where the plan alone knows it.</summary>
    private ImmutableSortedDictionary<string, string> WithValue(ImmutableSortedDictionary<string, string> values, string name, SourceSpan at, string where, SettledRun settled, ExperimentSpec spec, params ReadOnlySpan<string> alsoKnown)
    {
        var run = settled.Run;
        if (name.StartsWith(Siblings.Prefix, StringComparison.Ordinal)) return siblings.Text(settled, name, at) is { } found ? values.SetItem(name, found) : values;
        if (Placeholders.IsOfAnAttempt(name)) return values;
        if (Placeholders.Value(name, run, experiment) is { } known) return Placeholders.IsOfTheExperiment(name) ? values.SetItem(name, known) : values;
        if (Placeholders.Configured(name, spec.Tree, n => Placeholders.Value(n, run, experiment)) is { } value) return values.SetItem(name, value);
        if (Placeholders.IsOfANode(name))
        {
            if (where != "backend.command" || spec.Command is CommandSpec.Line) report.Error("PLN026", at, $"{{{name}}} in '{where}' is known only on the nodes of the job", "a 'backend.command' that is a list of words takes it; shell of your own reads $SLURM_NODEID, $MASTER_ADDR and $MASTER_PORT there");
            return values;
        }
        Placeholders.ReportUnknown(name, at, where, spec.Tree, report, alsoKnown);
        return values;
    }

    /// <summary>What watches over the run; what its texts need of the plan joins the values.</summary>
    private (string? Rules, Lifecycle? Lifecycle) Watch(SettledRun settled, ExperimentSpec spec, ref ImmutableSortedDictionary<string, string> values)
    {
        var (rules, placeholders) = _rules.Of(settled.Tree);
        var further = new List<RulePlaceholder>();
        var lifecycle = LifecycleReader.Read(settled.Tree, further, report);
        foreach (var (name, at, where) in placeholders.Concat(further)) values = WithValue(values, name, at, where, settled, spec, [.. RuleTexts.OfEveryEvent]);
        return (rules, lifecycle);
    }

    /// <summary>The values that the texts of the job's script need beside the command's.</summary>
    private ImmutableSortedDictionary<string, string> WithSlurm(ImmutableSortedDictionary<string, string> values, SlurmSections sections, SettledRun settled, ExperimentSpec spec)
    {
        foreach (var use in sections.Placeholders)
        {
            var (name, at, where) = use;
            if (name == "project_name") values = values.SetItem(name, experiment.Name);
            else values = WithValue(values, name, at, where, settled, spec, where == SlurmScripts.OfTheTemplate ? SlurmScripts.OfTemplates : []);
            if (use.IsOption) CheckOption(name, at, values.GetValueOrDefault(name) ?? Placeholders.Value(name, settled.Run, experiment) ?? "");
        }
        return values;
    }

    /// <summary>sbatch reads its lines before the job starts, and each ends at the end of the line.</summary>
    private void CheckOption(string name, SourceSpan at, string value)
    {
        if (name is "job_id" or "timestamp") report.Error("PLN021", at, $"{{{name}}} on a #SBATCH line is known only when the job starts", name == "job_id" ? "Slurm writes the id for %j" : null);
        else if (value.Any(char.IsControl)) report.Error("SLM004", at, $"the value of {{{name}}} holds a line break or another control character, which no #SBATCH line can");
    }

    /// <summary>An option's value: everything in it is known now, since Slurm gets it as it stands.</summary>
    private string Known(string text, NamedRun run, ExperimentSpec spec) =>
        Filling(run, spec).Fill(text, (Merging.Find(spec.Tree, ["slurm", "sbatch"]) ?? Merging.Find(spec.Tree, ["slurm"]) ?? spec.Tree).At, FilledPlace.SlurmOption);

    /// <summary>The value of an environment variable: everything in it is known now, since the script exports it as it stands.</summary>
    private string Literal(string variable, string text, NamedRun run, ExperimentSpec spec) =>
        Filling(run, spec).Fill(text, (Merging.Find(spec.Tree, ["backend", "env", variable]) ?? Merging.Find(spec.Tree, ["job", "env", variable]) ?? spec.Tree).At, FilledPlace.Variable(variable));

    private PlanFilling Filling(NamedRun run, ExperimentSpec spec) => new(run, spec.Tree, experiment, report);
}
