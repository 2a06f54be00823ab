namespace Vigil.Tests.Cli;

/// <summary><c>config --explain KEY</c>: the chain of origins, ending in the value.</summary>
public sealed class ExplainTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public ExplainTests() => _vigil.Write("exp.yaml", """
        backend: {command: "echo ${lr}", args: {lr: "${optim.lr}"}}
        optim: {lr: "${base}", list: [1, 2]}
        base: 1e-3
        lr: ${backend.args.lr}
        home: ${oc.env:PLACE}
        """);

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void A_value_s_way_is_told_through_interpolations_and_overrides_to_its_end()
    {
        Assert.Equal("""
            backend.args.lr
              exp.yaml:1:45  ${optim.lr}
              optim.lr
                exp.yaml:2:13  ${base}
                base
                  exp.yaml:3:7  1e-3
                  command line  base=3e-4   (override)
                = 3e-4
              = 3e-4
            = 3e-4

            """.ReplaceLineEndings("\n").Replace(" ", "", StringComparison.Ordinal), Explain("backend.args.lr", "base=3e-4").Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Groups_are_told_with_what_chose_them()
    {
        Directory.CreateDirectory(_vigil["config/db"]);
        _vigil.Write("config/grouped.yaml", "defaults:\n- db: mysql\n- _self_\nbackend: {command: echo}\nport: ${db.port}\n");
        _vigil.Write("config/db/mysql.yaml", "port: 1\n");
        _vigil.Write("config/db/pg.yaml", "port: ${base}\n");

        string Of(params string[] overrides) => _vigil.Run(["config", "grouped", "--explain", "port", .. overrides]).Output;

        Assert.Contains("config/db/mysql.yaml:1:7  1   (db: mysql, config/grouped.yaml:2:3)", Of(), StringComparison.Ordinal);
        var other = Of("db=pg", "+base=5432");
        Assert.Contains("${base}   (override db=pg)", other, StringComparison.Ordinal);
        Assert.Contains("+base=5432   (override)", other, StringComparison.Ordinal);
        Assert.EndsWith("= 5432\n", other, StringComparison.Ordinal);
    }

    [Fact]
    public void Bare_means_Hydra_s_and_OmegaConf_s_rules_alone()
    {
        Directory.CreateDirectory(_vigil["config"]);
        _vigil.Write("config/plain.yaml", "a: 1\nb: $${a}\nc: ???\n");

        var bare = _vigil.Run("config", "plain", "--bare", "--resolve");

        Assert.Equal((0, "a: 1\nb: $1\nc: ???\n", ""), (bare.ExitCode, bare.Output, bare.Errors));
        Assert.Equal("a: 1\nb: $${a}\nc: ???\nscheduler: slurm\n", _vigil.Run("config", "plain", "--bare", "+scheduler=slurm").Output);
    }

    [Fact]
    public void A_function_is_named_with_what_it_gave()
    {
        _vigil.Extra["PLACE"] = "/here";

        Assert.Contains("${oc.env:PLACE}   (function)\n= /here\n", Explain("home"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_and_a_list_are_said_in_short()
    {
        Assert.EndsWith("= a mapping of 2: lr, list\n", Explain("optim"), StringComparison.Ordinal);
        Assert.EndsWith("= [1, 2]\n", Explain("optim.list"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_is_a_mistake_with_the_nearest_one()
    {
        var outcome = _vigil.Run("config", "exp.yaml", "--explain", "optim.lrr");

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("there is no key 'optim.lrr' in this configuration\n    did you mean 'optim.lr'?", outcome.Errors, StringComparison.Ordinal);
    }

    private string Explain(string key, params string[] overrides)
    {
        var outcome = _vigil.Run(["config", "exp.yaml", "--explain", key, .. overrides]);
        Assert.True(outcome is { ExitCode: 0, Errors: "" }, outcome.ToString());
        return outcome.Output;
    }
}
