using Vigil.Configuration;
using Vigil.Configuration.Composing;

namespace Vigil.Core.Tests.Configuration.Composing;

/// <summary>What a defaults list or an override can get wrong: each has a code, a place and a remedy.</summary>
public sealed class CompositionMistakeTests
{
    private static readonly string[] Groups =
    [
        "db/mysql.yaml", "driver: mysql\nport: 3306\n",
        "db/pg.yaml", "driver: pg\n",
        "db/cluster/ha.yaml", "nodes: 3\n",
        "server/apache.yaml", "defaults:\n  - db: mysql\n",
        "server/db/mysql.yaml", "name: inner\n",
        "kind/a.yaml", "k: a\n",
        "kind_mysql/b.yaml", "defaults:\n  - override /db: pg\n",
        "loop/a.yaml", "defaults:\n  - b\n",
        "loop/b.yaml", "defaults:\n  - a\n",
        "twice/a.yaml", "defaults:\n  - _self_\n  - _self_\nx: 1\n",
        "list/l.yaml", "- 1\n- 2\n",
        "shape/l.yaml", "# @package _global_\ndb: [1]\n",
        "word/w.yaml", "just a text\n",
        "broken/b.yaml", "a: [1\n",
        "header/h.yaml", "# @package a b\nx: 1\n",
    ];

    private static (Composed? Composed, IReadOnlyList<Diagnostic> Mistakes) Compose(string file, ComposeRules rules, params string[] overrides) =>
        Some.Compose(Some.Library(["main.yaml", file, .. Groups]), "main", rules, overrides);

    [Theory]
    [InlineData("defaults: [nowhere]", "", "CFG060", "main.yaml:1:12", null)]
    [InlineData("defaults: [db/mysq]", "", "CFG060", "main.yaml:1:12", "did you mean 'mysql'?")]
    [InlineData("defaults: [{bd: mysql}]", "", "CFG061", "main.yaml:1:13", "did you mean 'db'?")]
    [InlineData("defaults: [{db: mysqql}]", "", "CFG062", "main.yaml:1:13", "did you mean 'mysql'? Options: mysql, pg")]
    [InlineData("defaults: [{db: oracle}]", "", "CFG062", "main.yaml:1:13", "Options: mysql, pg")]
    [InlineData("defaults: [{db: [mysql, oracle]}]", "", "CFG060", "main.yaml:1:13", "Options: mysql, pg")]
    [InlineData("defaults: [{db: mysql}]", "db=pgg", "CFG062", "command line:1:1", "did you mean 'pg'?")]
    [InlineData("defaults: [{db: mysql}, {db: pg}]", "", "CFG063", "main.yaml:1:13", "- override /db: pg")]
    [InlineData("defaults: [{db: mysql}, {db: mysql}]", "", "CFG063", "main.yaml:1:26", "keep one")]
    [InlineData("defaults: [{db: mysql}]", "+db=pg", "CFG063", "main.yaml:1:13", "without '+'")]
    [InlineData("defaults: [{override db: pg}, ]", "", "CFG064", "main.yaml:1:13", "list 'db' before it")]
    [InlineData("defaults: [{db@src: mysql}, {override db: pg}]", "", "CFG064", "main.yaml:1:30", "did you mean db@src?")]
    [InlineData("defaults: [server/apache, {override db: pg}]", "", "CFG064", "main.yaml:1:28", "list 'db' before it")]
    [InlineData("defaults: [{db@src: mysql}]", "db=pg", "CFG065", "command line:1:1", "did you mean db@src? To add it write +db=pg")]
    [InlineData("a: 1", "db=pg", "CFG065", "command line:1:1", "+db=pg")]
    [InlineData("defaults: [{db: mysql}]", "~server", "CFG066", "command line:1:1", null)]
    [InlineData("defaults: [{db: mysql}]", "~db=pg", "CFG066", "command line:1:1", "~db to delete it whatever it is")]
    [InlineData("defaults: [{db@src: mysql}]", "~db", "CFG066", "command line:1:1", "~db@src")]
    [InlineData("defaults: [_self_, {db: mysql}, _self_]", "", "CFG067", "main.yaml:1:33", "keep one")]
    [InlineData("defaults: [twice/a]", "", "CFG067", "twice/a.yaml:3:5", "keep one")]
    [InlineData("defaults: {db: mysql}", "", "CFG068", "main.yaml:1:11", "'- '")]
    [InlineData("defaults: db", "", "CFG068", "main.yaml:1:11", "'- '")]
    [InlineData("a: 1\ndefaults:", "", "CFG068", null, "'- '")]
    [InlineData("defaults: [{db@a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a: pg}]", "", "CFG077", "main.yaml:1:13", null)]
    [InlineData("defaults: [{db: mysql, server: apache}]", "", "CFG069", "main.yaml:1:12", "one key an entry")]
    [InlineData("defaults: [{db: mysql, optional: true}]", "", "CFG069", "main.yaml:1:12", "- optional db: …")]
    [InlineData("defaults: [{}]", "", "CFG069", "main.yaml:1:12", null)]
    [InlineData("defaults: [[db]]", "", "CFG069", "main.yaml:1:12", null)]
    [InlineData("defaults: [_self_@db]", "", "CFG069", "main.yaml:1:12", null)]
    [InlineData("defaults: [optional db/mysql]", "", "CFG069", "main.yaml:1:12", "optional group: option")]
    [InlineData("defaults: [{db: ???}]", "", "CFG070", "main.yaml:1:13", "options: mysql, pg")]
    [InlineData("defaults: [{db: mysql}, {kind: '${bd}'}]", "", "CFG071", "main.yaml:1:26", "groups that can stand in it: db")]
    [InlineData("defaults: [{db: ['${kind}']}]", "", "CFG071", "main.yaml:1:18", null)]
    [InlineData("defaults: [loop/a]", "", "CFG072", "loop/b.yaml:2:5", null)]
    [InlineData("defaults: [main]", "", "CFG072", "main.yaml:1:12", null)]
    [InlineData("defaults: [{override db: pg}, {db: mysql}]", "", "CFG075", "main.yaml:1:32", "to the end of the list")]
    [InlineData("defaults: [{db: mysql}, {'kind_${db}': b}]", "", "CFG061", "main.yaml:1:26", null)]
    [InlineData("defaults: [{db: mysql}, 'kind_${db}/b']", "", "CFG076", "kind_mysql/b.yaml:2:5", null)]
    [InlineData("defaults: [{opional db: mysql}]", "", "CFG077", "main.yaml:1:13", "did you mean 'optional'?")]
    [InlineData("defaults: [../db/mysql]", "", "CFG077", "main.yaml:1:12", "'/'")]
    [InlineData("defaults: [{db: ../pg}]", "", "CFG077", "main.yaml:1:17", null)]
    [InlineData("defaults: ['db\\mysql']", "", "CFG077", "main.yaml:1:12", "'/'")]
    [InlineData("defaults: [db/mysql.yml]", "", "CFG077", "main.yaml:1:12", ".yaml")]
    [InlineData("defaults: [header/h]", "", "CFG077", "header/h.yaml:1:1", "# @package NAME")]
    [InlineData("defaults: [{db: mysql}]", "++db=pg", "CFG078", "command line:1:1", "+db")]
    [InlineData("defaults: [{db: mysql}]", "db=5", "CFG078", "command line:1:1", "mysql, pg")]
    [InlineData("defaults: [{db: mysql}]", "db=null", "CFG078", "command line:1:1", "~db")]
    [InlineData("a: 1", "nope@here=1", "CFG079", "command line:1:1", null)]
    [InlineData("defaults: [db/mysql, shape/l]", "", "CFG080", "shape/l.yaml:2:5", null)]
    [InlineData("defaults: [word/w]", "", "CFG081", "word/w.yaml:1:1", null)]
    [InlineData("defaults: [list/l@_global_]", "", "CFG081", "list/l.yaml:1:1", null)]
    [InlineData("defaults: [{db: 5}]", "", "CFG082", "main.yaml:1:17", "'5'")]
    [InlineData("defaults: [{db: off}]", "", "CFG082", "main.yaml:1:17", "'off'")]
    [InlineData("defaults: [{db: {mysql: 1}}]", "", "CFG082", "main.yaml:1:17", null)]
    [InlineData("defaults: [broken/b]", "", "CFG001", null, null)]
    [InlineData("hydra: {sweeper: {params: 5}}", "", "CFG084", "main.yaml:1:27", null)]
    [InlineData("a: 1", "hydra.run.dir=a,b", "CFG085", "command line:1:1", null)]
    [InlineData("a: 1", "a=1,2", "CFG032", "command line:1:1", "a=[1,2]")]
    [InlineData("a: 1", "a=range(3)", "CFG032", "command line:1:1", "sweep")]
    public void A_mistake_has_its_code_its_place_and_its_remedy(string file, string @override, string code, string? place, string? remedy)
    {
        var (_, mistakes) = Compose(file, ComposeRules.Bare, @override.Length == 0 ? [] : [@override]);
        var mistake = Assert.Single(mistakes);
        Assert.Equal(code, mistake.Code);
        if (place is not null) Assert.Equal(place.StartsWith("command", StringComparison.Ordinal) ? place : $"conf/{place}", mistake.At.ToString());
        if (remedy is not null) Assert.Contains(remedy, mistake.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lr=interval(0,1)", "CFG074")]
    [InlineData("lr=range(0,3,0)", "CFG074")]
    [InlineData("lr=range(0,1e12)", "CFG074")]
    [InlineData("lr=glob(*)", "CFG074")]
    [InlineData("db=glob(x*)", "CFG074")]
    [InlineData("~lr=1,2", "CFG074")]
    [InlineData("hydra/launcher=a,b", "CFG085")]
    public void A_sweep_that_has_no_values_is_a_mistake(string sweep, string code)
    {
        var (_, mistakes) = Compose("lr: 1", new() { Sweeps = Sweeps.AsAxes }, sweep);
        Assert.Equal(code, Assert.Single(mistakes).Code);
    }

    [Fact]
    public void Ten_mistakes_in_one_file_are_ten_diagnostics()
    {
        var (composed, mistakes) = Compose("""
            defaults:
              - db: oracle
              - bd@a: mysql
              - nowhere
              - {kind: a, twice: a}
              - server: 5
              - _self_
              - db@b: ???
              - ../up
              - _self_
              - kind: ${nobody}
              - override db@c: pg
            a: 1
            """, ComposeRules.Bare, "server=apache", "a=1,2");
        Assert.Equal(["CFG032", "CFG060", "CFG061", "CFG062", "CFG064", "CFG065", "CFG067", "CFG069", "CFG070", "CFG071", "CFG077", "CFG082"], mistakes.Select(static m => m.Code).Order(StringComparer.Ordinal));
        Assert.NotNull(composed);
    }

    [Fact]
    public void A_mistake_in_a_shared_file_is_told_once()
    {
        var (_, mistakes) = Compose("defaults: [twice/a, twice/a@b, twice/a@c]", ComposeRules.Bare);
        Assert.Equal(["CFG067"], mistakes.Select(static m => m.Code));
    }

    [Fact]
    public void Configs_that_list_each_other_without_end_are_stopped()
    {
        var files = Enumerable.Range(0, 40).SelectMany(static i => new[] { $"c{i}.yaml", $"defaults: [c{i + 1}@a, c{i + 1}@b]\n" }).Concat(["c40.yaml", "x: 1\n"]).ToArray();
        var (_, mistakes) = Some.Compose(Some.Library(files), "c0", ComposeRules.Bare);
        Assert.Equal(["CFG072"], mistakes.Select(static m => m.Code).Distinct());
    }

    [Fact]
    public void Configs_that_list_each_other_too_deeply_are_stopped()
    {
        var files = Enumerable.Range(0, 3000).SelectMany(static i => new[] { $"c{i}.yaml", $"defaults: [c{i + 1}]\n" }).ToArray();
        var (_, mistakes) = Some.Compose(Some.Library(files), "c0", ComposeRules.Bare);
        Assert.Equal("CFG072", Assert.Single(mistakes).Code);
    }

    [Fact]
    public void Whatever_stands_in_the_files_is_composed_or_refused_and_always_the_same_way()
    {
        var vectors = HydraVectors.Read("compose.json");
        var texts = vectors.GetProperty("files").EnumerateObject().ToDictionary(static f => f.Name, static f => f.Value.GetString()!);
        var cases = vectors.GetProperty("cases").EnumerateArray().Select(static c => (Config: c.GetProperty("config").GetString()!, Overrides: c.GetProperty("overrides").EnumerateArray().Select(static o => o.GetString()!).ToArray())).Where(c => texts.ContainsKey($"{c.Config}.yaml")).ToList();
        var pieces = texts.Values.SelectMany(static t => t.Split('\n')).Concat(["defaults:", "  - override /db@src: pg", "  - optional db@_here_: ${exp}", "# @package _global_.x", "  - /server/apache@_group_.y", "  - exp: [e1, e2]"]).ToArray();
        var paths = texts.Keys.ToArray();
        var state = 7UL;
        var (whole, refused) = (0, 0);
        for (var round = 0; round < 2_000; round++)
        {
            var files = new Dictionary<string, string>(texts);
            for (var changes = Next(4); changes >= 0; changes--)
            {
                var path = paths[Next(paths.Length)];
                var lines = files[path].Split('\n').ToList();
                lines[Next(lines.Count)] = pieces[Next(pieces.Length)];
                files[path] = string.Join('\n', lines);
            }
            var (config, overrides) = cases[Next(cases.Count)];
            var rules = new ComposeRules { Sweeps = (Sweeps)Next(2), Underneath = Next(2) == 0 ? null : [new("db", "mysql"), new("exp", null)] };
            var first = Some.Compose(new([Some.Folder("conf", files)]), config, rules, overrides);
            var second = Some.Compose(new([Some.Folder("conf", files)]), config, rules, overrides);
            Assert.Equal(first.Mistakes, second.Mistakes);
            Assert.Equal(first.Composed is null ? null : Some.Json(first.Composed.Tree), second.Composed is null ? null : Some.Json(second.Composed.Tree));
            if (first.Mistakes.Any(static m => m.Severity is Severity.Error)) refused++;
            else whole++;
        }
        Assert.InRange(whole, 300, 1_900);
        Assert.InRange(refused, 100, 1_700);

        int Next(int below)
        {
            state = unchecked(state * 6364136223846793005UL + 1442695040888963407UL);
            return (int)((state >> 33) % (ulong)Math.Max(1, below));
        }
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("db/../../etc/passwd")]
    [InlineData("/etc/passwd")]
    public void A_config_outside_its_folders_is_not_even_looked_for(string name)
    {
        var everything = Some.Folder("conf", Some.Files()) with { Read = static path => new SourceFile(path, path, "") };
        Assert.Null(new ConfigLibrary([everything]).Find(name));
    }
}
