using Microsoft.Playwright;
using Vigil.Tests.Cli;

namespace Vigil.Tests.Web;

/// <summary>The page in a real browser.</summary>
public sealed class BrowserTests : IAsyncLifetime
{
    private readonly CommandLine _vigil = new();
    private ServedPage _page = null!;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;
    private string _log = "";

    public async ValueTask InitializeAsync()
    {
        _vigil.Write("train.sh", "for i in 1 2 3 4 5; do echo \"iteration $i/ 5 | lm loss: 0.$((9 - i)) |\"; done\n[ \"$1\" = 1 ] || { echo 'RuntimeError: <b id=evil>CUDA out of memory</b>'; exit 1; }\n");
        _vigil.Write("exp.yaml", "project: {name: exp}\nbackend: {command: \"bash train.sh {lr}\"}\nlr: 1\nsweep: {params: {lr: [1, 2]}}\njob: {restart: {max_attempts: 1}}\n");
        var run = _vigil.Run("run", "exp.yaml");
        Assert.True(run.ExitCode == 1, run.ToString());
        _log = _vigil.State("outputs/exp").Runs["lr1"].LastAttempt!.Log!;
        _page = await ServedPage.StartAsync(_vigil);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Headless = true, ChromiumSandbox = false });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await _page.DisposeAsync();
        _vigil.Dispose();
    }

    [Fact]
    public async Task The_overview_shows_the_runs_and_a_filter_narrows_them_and_stays_in_the_address()
    {
        var page = await OpenAsync("/");
        await Assertions.Expect(page.GetByText("lr1", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("lr2", new() { Exact = true })).ToBeVisibleAsync();
        Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("state:failed");

        await Assertions.Expect(page.GetByText("lr1", new() { Exact = true })).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByText("lr2", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Contains("state", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_failed_shows_its_error_as_text_and_nothing_of_it_becomes_part_of_the_page()
    {
        var run = await _page.RunAsync("lr2");
        var page = await OpenAsync(run.Replace("/api/runs/", "/run/", StringComparison.Ordinal));

        await Assertions.Expect(page.GetByText("RuntimeError: <b id=evil>CUDA out of memory</b>").First).ToBeVisibleAsync();
        Assert.Equal(0, await page.Locator("#evil").CountAsync());
    }

    [Fact]
    public async Task A_log_is_there_at_once_follows_what_is_written_and_is_the_same_after_a_reload()
    {
        var run = await _page.RunAsync("lr1");
        var page = await OpenAsync($"{run.Replace("/api/runs/", "/run/", StringComparison.Ordinal)}/log");

        await Assertions.Expect(page.GetByText("iteration 5/ 5 | lm loss: 0.4 |").First).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByText("iteration 5/ 5 | lm loss: 0.4 |").First).ToBeVisibleAsync();
        Assert.Contains("iteration 5", await File.ReadAllTextAsync(_log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics", "lm loss"), InlineData("events", "ended"), InlineData("config", "max_attempts"), InlineData("checkpoints", "checkpoint")]
    public async Task Each_part_of_a_run_has_a_page_of_its_own(string tab, string shows)
    {
        var page = await OpenAsync($"{(await _page.RunAsync("lr1")).Replace("/api/runs/", "/run/", StringComparison.Ordinal)}/{tab}");

        await Assertions.Expect(page.GetByText(shows).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task On_a_narrow_screen_nothing_makes_the_page_scroll_sideways()
    {
        var run = (await _page.RunAsync("lr1")).Replace("/api/runs/", "/run/", StringComparison.Ordinal);
        foreach (var path in (string[])["/", run, $"{run}/log", $"{run}/metrics", $"{run}/events"])
        {
            var page = await OpenAsync(path, width: 390);
            await Assertions.Expect(page.GetByText("lr1").First).ToBeVisibleAsync();
            Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
    }

    /// <summary>A page of a fresh browser session; what it complains of fails the test.</summary>
    private async Task<IPage> OpenAsync(string path, int width = 1280)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 } });
        var page = await context.NewPageAsync();
        page.PageError += static (_, error) => Assert.Fail(error);
        await page.GotoAsync($"{_page.Address}{path}?token={_page.Tokens.View}");
        return page;
    }
}
